package io.kodedeploy.core.hook;

import io.kodedeploy.core.spec.Script;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The argument vector of a script (host-agent.md 10.3); no shell reads it, except that of su. */
final class ScriptCommand {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_/.@%+=:,-]+");

  private ScriptCommand() {}

  static List<String> of(Script script, Path path) {
    var command = new ArrayList<String>();
    if (script.sudo()) {
      command.add("sudo");
    }
    if (script.runAs().isPresent()) {
      command.addAll(List.of("su", script.runAs().get(), "-c", quoted(path.toString())));
    } else {
      command.add(path.toString());
    }
    return command;
  }

  /** What a shell reads as this one word. */
  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
