package io.kodedeploy.core.spec;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Reads and checks an AppSpec (host-agent.md 8.2). The order of the checks is the specification's:
 * the first violation is the one reported, with file, line and key.
 */
public final class AppSpecReader {
  private static final String HOST = "linux";
  private static final int MOST_ENTRIES = 100_000;

  private final String name;
  private final String host;
  private int entries;

  private AppSpecReader(String name, String host) {
    this.name = name;
    this.host = host;
  }

  /**
   * The AppSpec in these bytes.
   *
   * @param file where they were read; its last part names the file in errors
   * @throws AgentException with {@link ErrorCode#APPSPEC_INVALID}
   */
  public static AppSpec read(Path file, byte[] content) {
    return read(file, content, HOST);
  }

  static AppSpec read(Path file, byte[] content, String host) {
    return new AppSpecReader(String.valueOf(file.getFileName()), host).appSpec(file, content);
  }

  private AppSpec appSpec(Path file, byte[] content) {
    var top = YamlDocument.read(name, content).map(node -> new SpecNode(name, "", node));
    if (top.isEmpty() || top.get().isNull() || top.get().is(false)) {
      throw new AgentException(
          ErrorCode.APPSPEC_INVALID,
          name
              + ": the application specification file was empty, it needs at least version and os");
    }
    var members = top.get().members();
    checkVersion(top.get(), Optional.ofNullable(members.get("version")));
    var os = checkOs(top.get(), Optional.ofNullable(members.get("os")));
    var hooks = hooks(members);
    var files = list(members, "files").stream().map(AppSpecReader::fileMapping).toList();
    var permissions = list(members, "permissions").stream().map(this::permission).toList();
    var behavior = Optional.ofNullable(members.get("file_exists_behavior"));
    return new AppSpec(
        file,
        os,
        files,
        behavior.map(AppSpecReader::fileExistsBehavior),
        permissions,
        hooks,
        Optional.ofNullable(members.get("kodedeploy")));
  }

  private static void checkVersion(SpecNode top, Optional<SpecNode> version) {
    var number = version.flatMap(node -> Yaml11.number(node.node()));
    if (number.isEmpty() || number.get().compareTo(BigDecimal.ZERO) != 0) {
      throw version
          .orElse(top)
          .error("invalid version value (" + shown(version) + "), it must be the number 0.0");
    }
  }

  private String checkOs(SpecNode top, Optional<SpecNode> os) {
    var value = shown(os);
    if (!value.equals(host)) {
      throw os.orElse(top)
          .error("unsupported operating system (" + value + "), this host is " + host);
    }
    return value;
  }

  private Map<String, List<Script>> hooks(Map<String, SpecNode> members) {
    var hooks = new LinkedHashMap<String, List<Script>>();
    if (members.containsKey("hooks")) {
      members
          .get("hooks")
          .members()
          .forEach(
              (event, scripts) ->
                  hooks.put(
                      event, counted(scripts.asList()).stream().map(ScriptEntry::read).toList()));
    }
    return hooks;
  }

  private static FileMapping fileMapping(SpecNode entry) {
    var members = entry.members();
    var source = text(members, "source");
    var destination = text(members, "destination");
    if (source.isBlank()) {
      throw entry.error("specifies a destination file, but no source file");
    }
    if (destination.isBlank()) {
      throw entry.error("specifies only a source file (" + source + "), but no destination");
    }
    return new FileMapping(source, destination);
  }

  private Permission permission(SpecNode entry) {
    if (!host.equals(HOST)) {
      throw entry.error("Permissions are supported only for Linux");
    }
    return PermissionEntry.read(entry, this::counted);
  }

  private static FileExistsBehavior fileExistsBehavior(SpecNode node) {
    var behavior = new FileExistsBehavior(node.literal());
    if (!FileExistsBehavior.KNOWN.contains(behavior)) {
      throw node.error(
          "invalid file_exists_behavior value (%s), it must be one of DISALLOW,OVERWRITE,RETAIN"
              .formatted(behavior));
    }
    return behavior;
  }

  private List<SpecNode> list(Map<String, SpecNode> members, String key) {
    var node = members.get(key);
    return node == null ? List.of() : counted(node.asList());
  }

  /** Bounds what aliases can multiply. */
  private List<SpecNode> counted(List<SpecNode> list) {
    entries += list.size();
    if (entries > MOST_ENTRIES) {
      throw new AgentException(
          ErrorCode.APPSPEC_INVALID, name + ": more than " + MOST_ENTRIES + " entries");
    }
    return list;
  }

  static String text(Map<String, SpecNode> members, String key) {
    var node = members.get(key);
    return node == null ? "" : node.literal();
  }

  private static String shown(Optional<SpecNode> node) {
    return node.map(value -> value.node() instanceof ScalarNode scalar ? scalar.getValue() : "?")
        .orElse("");
  }
}
