package io.kodedeploy.namespace.run;

import io.kodedeploy.namespace.run.DockerArguments.Refused;
import io.kodedeploy.namespace.run.DockerWire.Frame;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The command {@code docker} on the PATH of hook scripts: {@code docker run} as a Job of the
 * namespace, by the agent that started the script. Exit codes: the container's, 125 for an error of
 * our own.
 */
public final class DockerMain {
  /** Variable of hook scripts with the path of the agent's socket. */
  static final String SOCKET = "KODEDEPLOY_DOCKER_SOCKET";

  private static final int OWN_ERROR = 125;
  private static final String USAGE =
      """
      usage: docker run [OPTIONS] IMAGE [COMMAND] [ARG...]
      Runs the image as a Kubernetes Job of this namespace, with the rights of kodedeploy-apply. Options:
        -v, --volume PATH:PATH[:ro]  below the deployment's archive or the install paths: a copy;
                                     the service account's folder is there anyway
        -e, --env NAME[=VALUE]  --env-file FILE  -w, --workdir DIR  --entrypoint WORD  --rm
        -i, -t, --name NAME, --network host: ignored with a notice
      """;

  private DockerMain() {}

  /** Runs it. */
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.getenv()));
  }

  private static int run(List<String> args, Map<String, String> environment) {
    var event = environment.getOrDefault("LIFECYCLE_EVENT", "AfterInstall");
    if (args.isEmpty() || args.equals(List.of("--help")) || args.equals(List.of("run", "--help"))) {
      System.out.print(USAGE);
      return args.isEmpty() ? OWN_ERROR : 0;
    }
    if (!args.getFirst().equals("run")) {
      return failed("only docker run is there, not docker " + args.getFirst() + "\n" + USAGE);
    }
    var arguments = new DockerArguments(environment, file -> Files.readAllLines(Path.of(file)));
    DockerRun run;
    try {
      run = arguments.read(args.subList(1, args.size()));
    } catch (Refused e) {
      return failed(e.getMessage() + e.understood().map(r -> equivalent(r, event)).orElse(""));
    }
    arguments.notices().forEach(notice -> System.err.println("docker: notice: " + notice));
    var socket = environment.get(SOCKET);
    if (socket == null) {
      return failed(
          SOCKET
              + " is not set: this docker works in hook scripts of a KodeDeploy agent, and not with"
              + " restrict_hook_env_to_allowlist"
              + equivalent(run, event));
    }
    var fields = new ArrayList<>(run.fields());
    fields.add(Map.entry("deployment", environment.getOrDefault("DEPLOYMENT_ID", "")));
    fields.add(Map.entry("event", event));
    try {
      return ask(Path.of(socket), fields);
    } catch (IOException e) {
      return failed("the agent does not answer: " + e.getMessage());
    }
  }

  private static int ask(Path socket, List<Map.Entry<String, String>> fields) throws IOException {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      var out = new DataOutputStream(Channels.newOutputStream(channel));
      var in = new DataInputStream(Channels.newInputStream(channel));
      DockerWire.write(out, fields);
      while (true) {
        switch (DockerWire.frame(in)) {
          case Frame.Output(var line) -> System.out.println(line);
          case Frame.Notice(var line) -> System.err.println("docker: " + line);
          case Frame.Exit(var code) -> {
            return code;
          }
        }
      }
    }
  }

  private static String equivalent(DockerRun run, String event) {
    return "\nThe same in appspec.yml:\n" + run.equivalent(event);
  }

  private static int failed(String message) {
    System.err.println("docker: error: " + message);
    return OWN_ERROR;
  }
}
