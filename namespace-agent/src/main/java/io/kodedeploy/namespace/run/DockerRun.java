package io.kodedeploy.namespace.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code docker run} as it was understood.
 *
 * @param image what runs
 * @param arguments what follows the image
 * @param entryPoint {@code --entrypoint}
 * @param folder {@code -w}
 * @param environment {@code -e} and {@code --env-file}, resolved
 * @param volumes {@code -v}
 */
record DockerRun(
    String image,
    List<String> arguments,
    Optional<String> entryPoint,
    Optional<String> folder,
    Map<String, String> environment,
    List<Volume> volumes) {
  /** A folder or file of the agent's container, and where it appears inside. */
  record Volume(String source, String target, boolean readOnly) {
    String text() {
      return source + ":" + target + (readOnly ? ":ro" : "");
    }

    static Volume parse(String text) {
      var parts = text.split(":", -1);
      boolean readOnly = parts.length > 2 && List.of(parts[2].split(",")).contains("ro");
      return new Volume(parts[0], parts.length > 1 ? parts[1] : "", readOnly);
    }
  }

  DockerRun {
    arguments = List.copyOf(arguments);
    environment = new LinkedHashMap<>(environment);
    volumes = List.copyOf(volumes);
  }

  /** The same as fields of a message. */
  List<Map.Entry<String, String>> fields() {
    var fields = new ArrayList<Map.Entry<String, String>>();
    fields.add(Map.entry("image", image));
    arguments.forEach(word -> fields.add(Map.entry("argument", word)));
    entryPoint.ifPresent(word -> fields.add(Map.entry("entrypoint", word)));
    folder.ifPresent(path -> fields.add(Map.entry("folder", path)));
    environment.forEach((name, value) -> fields.add(Map.entry("variable", name + "=" + value)));
    volumes.forEach(volume -> fields.add(Map.entry("volume", volume.text())));
    return fields;
  }

  /** Reads what {@link #fields} made. */
  static DockerRun of(List<Map.Entry<String, String>> fields) {
    var arguments = new ArrayList<String>();
    var environment = new LinkedHashMap<String, String>();
    var volumes = new ArrayList<Volume>();
    var image = "";
    Optional<String> entryPoint = Optional.empty();
    Optional<String> folder = Optional.empty();
    for (var field : fields) {
      var value = field.getValue();
      switch (field.getKey()) {
        case "image" -> image = value;
        case "argument" -> arguments.add(value);
        case "entrypoint" -> entryPoint = Optional.of(value);
        case "folder" -> folder = Optional.of(value);
        case "variable" -> {
          int equals = value.indexOf('=');
          environment.put(value.substring(0, equals), value.substring(equals + 1));
        }
        case "volume" -> volumes.add(Volume.parse(value));
        default -> {} // who calls and for what is the socket's business
      }
    }
    return new DockerRun(image, arguments, entryPoint, folder, environment, volumes);
  }

  /** The image and what runs in it. */
  Workload workload() {
    return Workload.of(image, entryPoint.map(List::of).orElse(List.of()), arguments)
        .in(folder, environment);
  }

  /**
   * The {@code kodedeploy.run} entry that does the same. Values of variables may be secrets and are
   * left out.
   */
  String equivalent(String event) {
    var text = new StringBuilder("kodedeploy:\n  run:\n");
    text.append("  - event: ").append(event).append('\n');
    text.append("    image: ").append(quoted(image)).append('\n');
    entryPoint.ifPresent(word -> text.append("    command: [").append(quoted(word)).append("]\n"));
    if (!arguments.isEmpty()) {
      text.append("    args: [")
          .append(String.join(", ", arguments.stream().map(DockerRun::quoted).toList()))
          .append("]\n");
    }
    if (!environment.isEmpty()) {
      text.append("    env: # values are not printed\n");
      environment.keySet().forEach(name -> text.append("      ").append(name).append(": \"\"\n"));
    }
    return text.append("    # the bundle's files are in its working directory\n").toString();
  }

  private static String quoted(String text) {
    var quoted = new StringBuilder("\"");
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      switch (c) {
        case '"', '\\' -> quoted.append('\\').append(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> quoted.append(c < ' ' ? ' ' : c);
      }
    }
    return quoted.append('"').toString();
  }
}
