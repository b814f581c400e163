package io.kodedeploy.core.install;

import io.kodedeploy.core.spec.AclEntry;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries out the permissions of a plan (host-agent.md 9.4): all modes, all access control lists,
 * all labels, all owners. For one file this is the order of the plan; over several it lets files
 * with equal lists share one process (13, row 13). One thread, one use.
 */
final class Settings {
  private static final int PERMISSIONS = 07777;
  private static final int MOST_FILES = 500;
  private static final int MOST_TEXT = 64 << 10; // far below what a process may be given
  private static final UserPrincipalLookupService ACCOUNTS =
      FileSystems.getDefault().getUserPrincipalLookupService();

  private final Tools tools;
  private final CleanupFile cleanup;
  private final Map<String, Object> accounts = new HashMap<>();

  Settings(Tools tools, CleanupFile cleanup) {
    this.tools = tools;
    this.cleanup = cleanup;
  }

  void apply(List<Instruction> instructions) throws IOException, InterruptedException {
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.ChangeMode(var mode, var file)) {
        Files.setAttribute(file, "unix:mode", Integer.parseInt(mode, 8));
      }
    }
    setAcls(instructions);
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.SetContext label) {
        setLabel(label);
      }
    }
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.ChangeOwner change) {
        setOwner(change);
      }
    }
  }

  private void setAcls(List<Instruction> instructions) throws IOException, InterruptedException {
    var files = new LinkedHashMap<String, List<Path>>();
    for (var instruction : instructions) {
      if (instruction instanceof Instruction.SetAcl(List<AclEntry> acl, Path file)) {
        var mode = (Integer) Files.getAttribute(file, "unix:mode");
        files
            .computeIfAbsent(AclCommand.entries(acl, mode & PERMISSIONS), _ -> new ArrayList<>())
            .add(file);
      }
    }
    for (var entry : files.entrySet()) {
      for (var some : portions(entry.getValue())) {
        tools.run(AclCommand.of(entry.getKey(), some));
      }
    }
  }

  private static List<List<Path>> portions(List<Path> files) {
    var portions = new ArrayList<List<Path>>();
    var text = 0;
    for (var file : files) {
      text += file.toString().length();
      if (portions.isEmpty() || portions.getLast().size() == MOST_FILES || text > MOST_TEXT) {
        portions.add(new ArrayList<>());
        text = file.toString().length();
      }
      portions.getLast().add(file);
    }
    return portions;
  }

  private void setLabel(Instruction.SetContext label) throws IOException, InterruptedException {
    var real = label.file().toRealPath();
    var vector = new ArrayList<>(List.of("semanage", "fcontext", "-a"));
    label.context().user().ifPresent(user -> vector.addAll(List.of("-s", user)));
    vector.addAll(List.of("-t", label.context().type()));
    label.context().range().ifPresent(range -> vector.addAll(List.of("-r", range)));
    vector.add(real.toString());
    tools.run(vector);
    tools.run(List.of("restorecon", "-v", real.toString()));
    cleanup.labelled(real);
  }

  private void setOwner(Instruction.ChangeOwner change) throws IOException {
    var view = Files.getFileAttributeView(change.file(), PosixFileAttributeView.class);
    if (change.owner().isPresent()) {
      view.setOwner(known("user", change.owner().get(), ACCOUNTS::lookupPrincipalByName));
    }
    if (change.group().isPresent()) {
      view.setGroup(known("group", change.group().get(), ACCOUNTS::lookupPrincipalByGroupName));
    }
  }

  private interface Lookup<T> {
    T byName(String name) throws IOException;
  }

  @SuppressWarnings("unchecked") // a key of a kind has values of that kind
  private <T> T known(String kind, String name, Lookup<T> lookup) throws IOException {
    var known = accounts.get(kind + " " + name);
    if (known != null) {
      return (T) known;
    }
    try {
      var found = lookup.byName(name);
      accounts.put(kind + " " + name, found);
      return found;
    } catch (UserPrincipalNotFoundException e) {
      throw new IOException("this host has no " + kind + " " + name, e);
    }
  }
}
