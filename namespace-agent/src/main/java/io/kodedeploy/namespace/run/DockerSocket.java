package io.kodedeploy.namespace.run;

import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.namespace.run.DockerWire.Frame;
import io.kodedeploy.namespace.run.JobEnd.Failed;
import io.kodedeploy.namespace.run.JobEnd.Succeeded;
import io.kodedeploy.namespace.run.JobRequest.Purpose;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the {@code docker} of hook scripts over a socket in the file system. Who may call is who
 * may enter its folder: the agent's account alone, which is that of its scripts. A call must be of
 * an event that is being carried out; its Job ends with the call or the event, whichever is first.
 * Listens from the first command on. Safe for many threads.
 */
final class DockerSocket implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DockerSocket.class);

  /** The script's own timeout comes first. */
  private static final Duration LIMIT = Duration.ofHours(1);

  private static final int OWN_ERROR = 125;

  private final RunSettings settings;
  private final JobRunner runner;
  private final DeploymentPaths paths;
  private final Path socket;
  private final Map<String, Event> events = new ConcurrentHashMap<>();
  private Optional<ServerSocketChannel> listening = Optional.empty();

  private record Event(CommandInfo command, Set<Thread> calls) {}

  /**
   * A socket that is not there yet.
   *
   * @param folder made for it and for nobody else
   */
  DockerSocket(RunSettings settings, JobRunner runner, DeploymentPaths paths, Path folder) {
    this.settings = settings;
    this.runner = runner;
    this.paths = paths;
    this.socket = folder.resolve("docker.sock");
  }

  /** Where it will be. */
  Path path() {
    return socket;
  }

  /** Calls of this event are answered from now on. */
  void begun(CommandInfo command) {
    listen();
    events.put(key(command), new Event(command, ConcurrentHashMap.newKeySet()));
  }

  /** Calls of this event are ended, with their Jobs. */
  void settled(CommandInfo command) {
    var event = events.remove(key(command));
    if (event != null) {
      event.calls.forEach(Thread::interrupt);
    }
  }

  private static String key(CommandInfo command) {
    return key(command.spec().deploymentId(), command.event().name());
  }

  private static String key(String deploymentId, String event) {
    return deploymentId + "/" + event;
  }

  private synchronized void listen() {
    if (listening.isPresent()) {
      return;
    }
    try {
      var folder = socket.toAbsolutePath().getParent();
      if (folder != null && !Files.exists(folder)) {
        Files.createDirectory(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      Files.deleteIfExists(socket);
      var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      server.bind(UnixDomainSocketAddress.of(socket));
      listening = Optional.of(server);
      Thread.ofVirtual().name("docker-accept").start(() -> accept(server));
    } catch (IOException e) {
      log.atError().setCause(e).addKeyValue("file", socket).log("docker is not there for scripts");
    }
  }

  private void accept(ServerSocketChannel server) {
    while (server.isOpen()) {
      try {
        var channel = server.accept();
        Thread.ofVirtual().name("docker-call").start(() -> answer(channel));
      } catch (AsynchronousCloseException _) {
        return;
      } catch (IOException e) {
        log.atError().setCause(e).log("a docker call could not be taken");
      }
    }
  }

  private void answer(SocketChannel channel) {
    try (channel) {
      var in = new DataInputStream(Channels.newInputStream(channel));
      var out = new DataOutputStream(Channels.newOutputStream(channel));
      var fields = DockerWire.fields(in);
      var frames = new Frames(out);
      int code = carryOut(DockerRun.of(fields), event(fields), in, frames);
      frames.send(new Frame.Exit(code));
    } catch (IOException | RuntimeException e) {
      log.atDebug().setCause(e).log("a docker call broke off");
    }
  }

  private Optional<Event> event(Iterable<Map.Entry<String, String>> fields) {
    var deployment = "";
    var event = "";
    for (var field : fields) {
      switch (field.getKey()) {
        case "deployment" -> deployment = field.getValue();
        case "event" -> event = field.getValue();
        default -> {}
      }
    }
    return Optional.ofNullable(events.get(key(deployment, event)));
  }

  private int carryOut(DockerRun run, Optional<Event> event, DataInputStream in, Frames frames) {
    if (event.isEmpty()) {
      frames.send(new Frame.Notice("error: no lifecycle event of that DEPLOYMENT_ID runs now"));
      return OWN_ERROR;
    }
    var calls = event.get().calls;
    var caller = Thread.currentThread();
    calls.add(caller);
    // The end of the script is the end of its socket, and then of the Job.
    Thread.ofVirtual().name("docker-watch").start(() -> awaitEnd(in, caller));
    try {
      return code(
          runner.run(request(run, event.get().command), frames::output, frames::notice), frames);
    } catch (AgentException e) {
      frames.notice("error: " + e.code().id() + ": " + e.getMessage() + ". " + e.code().remedy());
      return OWN_ERROR;
    } catch (InterruptedException _) {
      frames.notice("error: ended with its script or event");
      return OWN_ERROR;
    } finally {
      calls.remove(caller);
    }
  }

  private static int code(JobEnd end, Frames frames) {
    return switch (end) {
      case Succeeded() -> 0;
      case Failed(var code, int exitCode, var message) -> {
        frames.notice("error: " + code.id() + ": " + message);
        yield exitCode > 0 ? exitCode : OWN_ERROR;
      }
    };
  }

  private static void awaitEnd(DataInputStream in, Thread caller) {
    try {
      if (in.read() < 0) {
        caller.interrupt();
      }
    } catch (IOException _) {
      caller.interrupt();
    }
  }

  private JobRequest request(DockerRun run, CommandInfo command) {
    var spec = command.spec();
    var allowed = new ArrayList<>(settings.installPaths());
    allowed.addFirst(
        DeploymentPaths.archive(paths.deployment(spec.deploymentGroupId(), spec.deploymentId())));
    var mounts = DockerMounts.of(run.volumes(), allowed);
    return new JobRequest(
        "kodedeploy-docker-" + UUID.randomUUID(),
        Purpose.DOCKER,
        spec.deploymentId(),
        command.event().name(),
        run.workload(),
        LIMIT,
        mounts.trees(),
        mounts.mounts());
  }

  /** Frames of several threads, one at a time; a caller that has gone hears nothing. */
  private static final class Frames {
    private final DataOutputStream out;

    Frames(DataOutputStream out) {
      this.out = out;
    }

    void output(String line) {
      send(new Frame.Output(line));
    }

    void notice(String line) {
      send(new Frame.Notice(line));
    }

    synchronized void send(Frame frame) {
      try {
        DockerWire.write(out, frame);
      } catch (IOException e) {
        log.atDebug().setCause(e).log("a docker call has no listener any more");
      }
    }
  }

  /** Stops listening and removes the socket with its folder. */
  @Override
  public synchronized void close() {
    events.values().forEach(event -> event.calls.forEach(Thread::interrupt));
    if (listening.isEmpty()) {
      return;
    }
    try {
      listening.get().close();
      Files.deleteIfExists(socket);
      var folder = socket.toAbsolutePath().getParent();
      if (folder != null) {
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("socket of docker cannot be removed");
    }
    listening = Optional.empty();
  }
}
