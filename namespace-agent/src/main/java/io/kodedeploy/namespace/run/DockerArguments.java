package io.kodedeploy.namespace.run;

import io.kodedeploy.namespace.run.DockerRun.Volume;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the words of {@code docker run} (docs.docker.com, reference of {@code docker container
 * run}): options until the first word that is none, then image and command. For one use.
 */
final class DockerArguments {
  private static final Set<String> FLAGS_IGNORED = Set.of("-i", "--interactive", "-t", "--tty");

  /** Flags of docker that mean something we do not do. */
  private static final Set<String> FLAGS_REFUSED =
      Set.of(
          "-d",
          "--detach",
          "--privileged",
          "--init",
          "--read-only",
          "-P",
          "--publish-all",
          "--no-healthcheck",
          "--oom-kill-disable");

  /** One-letter options that take a value; the value may follow without a space. */
  private static final String LETTERS_WITH_VALUE = "vewulmphac";

  /** A command that cannot be done, with what would do it when that is known. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Optional<DockerRun> understood;

    Refused(String message, Optional<DockerRun> understood) {
      super(message);
      this.understood = understood;
    }

    Optional<DockerRun> understood() {
      return understood;
    }
  }

  /** Reads a file of the caller. */
  @FunctionalInterface
  interface Lines {
    List<String> of(String file) throws IOException;
  }

  private final Map<String, String> callers;
  private final Lines files;
  private final List<String> notices = new ArrayList<>();
  private final List<String> refused = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<Volume> volumes = new ArrayList<>();
  private Optional<String> entryPoint = Optional.empty();
  private Optional<String> folder = Optional.empty();

  /**
   * A reader.
   *
   * @param callers environment of the caller
   * @param files how a file of the caller is read
   */
  DockerArguments(Map<String, String> callers, Lines files) {
    this.callers = callers;
    this.files = files;
  }

  /** What is ignored, in words. */
  List<String> notices() {
    return List.copyOf(notices);
  }

  /**
   * Reads.
   *
   * @param words what follows {@code docker run}
   * @throws Refused for an option that would change what runs
   */
  DockerRun read(List<String> words) throws Refused {
    int next = 0;
    while (next < words.size() && words.get(next).startsWith("-")) {
      var word = words.get(next++);
      if (word.equals("--")) {
        break;
      }
      next += word.startsWith("--") ? option(word, words, next) : letters(word, words, next);
    }
    if (next >= words.size()) {
      throw new Refused("docker run needs an image", Optional.empty());
    }
    var run =
        new DockerRun(
            words.get(next),
            words.subList(next + 1, words.size()),
            entryPoint,
            folder,
            environment,
            volumes);
    if (!refused.isEmpty()) {
      throw new Refused(String.join("; ", refused), Optional.of(run));
    }
    for (var volume : volumes) {
      if (!volume.readOnly() && !DockerMounts.isAccount(volume)) {
        notices.add("changes below " + volume.target() + " are not copied back");
      }
    }
    return run;
  }

  /** {@code --name}, {@code --name value} or {@code --name=value}; how many words of it follow. */
  private int option(String word, List<String> words, int next) throws Refused {
    int equals = word.indexOf('=');
    var name = equals < 0 ? word : word.substring(0, equals);
    if (name.equals("--rm") || FLAGS_IGNORED.contains(name) || FLAGS_REFUSED.contains(name)) {
      flag(name);
      return 0;
    }
    if (equals >= 0) {
      value(name, word.substring(equals + 1));
      return 0;
    }
    value(name, following(name, words, next));
    return 1;
  }

  /** {@code -it}, {@code -v value}, {@code -vvalue} or {@code -itv value}. */
  private int letters(String word, List<String> words, int next) throws Refused {
    for (int at = 1; at < word.length(); at++) {
      var name = "-" + word.charAt(at);
      if (LETTERS_WITH_VALUE.indexOf(word.charAt(at)) < 0) {
        flag(name);
      } else if (at + 1 < word.length()) {
        var rest = word.substring(at + 1);
        value(name, rest.startsWith("=") ? rest.substring(1) : rest);
        return 0;
      } else {
        value(name, following(name, words, next));
        return 1;
      }
    }
    return 0;
  }

  private static String following(String name, List<String> words, int next) throws Refused {
    if (next >= words.size()) {
      throw new Refused("option " + name + " needs a value", Optional.empty());
    }
    return words.get(next);
  }

  private void flag(String name) throws Refused {
    if (FLAGS_IGNORED.contains(name)) {
      notices.add(name + " is ignored: a Job has neither input nor terminal");
    } else if (FLAGS_REFUSED.contains(name)) {
      refused.add("option " + name + " is not supported");
    } else if (!name.equals("--rm")) {
      throw new Refused("option " + name + " is not known here", Optional.empty());
    }
  }

  private void value(String name, String value) throws Refused {
    switch (name) {
      case "-v", "--volume" -> volume(value);
      case "-e", "--env" -> variable(value);
      case "--env-file" -> environmentFile(value);
      case "-w", "--workdir" -> folder = Optional.of(value);
      case "--entrypoint" -> entryPoint = Optional.of(value).filter(word -> !word.isEmpty());
      case "--name" -> notices.add("--name is ignored: the Job has a name of its own");
      case "--network", "--net" -> {
        if (value.equals("host")) {
          notices.add(name + " host is ignored: the Job is in the cluster's network");
        } else {
          refused.add("option " + name + " " + value + " is not supported");
        }
      }
      default -> refused.add("option " + name + " is not supported");
    }
  }

  private void volume(String text) {
    var volume = Volume.parse(text);
    if (volume.source().startsWith("/") && volume.target().startsWith("/")) {
      volumes.add(volume);
    } else {
      refused.add("volume " + text + " is not supported: expected /PATH:/PATH");
    }
  }

  private void variable(String text) {
    int equals = text.indexOf('=');
    if (equals > 0) {
      environment.put(text.substring(0, equals), text.substring(equals + 1));
    } else if (callers.containsKey(text)) {
      environment.put(text, callers.getOrDefault(text, ""));
    }
  }

  private void environmentFile(String file) throws Refused {
    try {
      for (var line : files.of(file)) {
        var text = line.stripLeading();
        if (!text.isEmpty() && !text.startsWith("#")) {
          variable(text);
        }
      }
    } catch (IOException e) {
      throw new Refused("--env-file " + file + " cannot be read", Optional.empty());
    }
  }
}
