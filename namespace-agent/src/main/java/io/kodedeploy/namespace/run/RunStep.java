package io.kodedeploy.namespace.run;

import io.kodedeploy.core.bundle.ObservedETag;
import io.kodedeploy.core.command.CommandInfo;
import io.kodedeploy.core.command.HostListener;
import io.kodedeploy.core.command.LifecycleEvent;
import io.kodedeploy.core.command.LifecycleStep;
import io.kodedeploy.core.command.StepContext;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.hook.EventScripts;
import io.kodedeploy.core.hook.ScriptEnvironment;
import io.kodedeploy.core.spec.AppSpec;
import io.kodedeploy.core.store.DeploymentPaths;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.run.JobEnd.Failed;
import io.kodedeploy.namespace.run.JobRequest.Mount;
import io.kodedeploy.namespace.run.JobRequest.Purpose;
import io.kodedeploy.namespace.run.JobRunner.Pause;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * {@code kodedeploy.run}: an image and a command as a Job with the bundle's files in its working
 * directory. After a restart it goes on with the Job that is there. The Jobs of an event stay until
 * its command is reported and are deleted then. Safe for many threads.
 */
public final class RunStep implements LifecycleStep, AutoCloseable {
  private final RunSettings settings;
  private final JobRunner runner;
  private final DockerSocket docker;

  /**
   * The step of one namespace; nothing is called or listened to before its first command.
   *
   * @param bundles hands files to Jobs; its owner closes it
   * @param paths where bundles are unpacked, for the {@code docker} of scripts
   * @param folder for the socket of that {@code docker}; made by us, its parent must be writable
   */
  public RunStep(
      KubernetesApi api,
      RunSettings settings,
      BundleServer bundles,
      DeploymentPaths paths,
      Path folder,
      Clock clock) {
    this(api, settings, bundles, paths, folder, clock, Thread::sleep);
  }

  /** The same with a pause between two looks at a Job. */
  RunStep(
      KubernetesApi api,
      RunSettings settings,
      BundleServer bundles,
      DeploymentPaths paths,
      Path folder,
      Clock clock,
      Pause pause) {
    this.settings = settings;
    this.runner = new JobRunner(api, settings, bundles, clock, pause);
    this.docker = new DockerSocket(settings, runner, paths, folder);
  }

  @Override
  public String name() {
    return "kodedeploy.run";
  }

  @Override
  public boolean hasWork(LifecycleEvent event, StepContext context) {
    return !section(context).in(event.name()).isEmpty();
  }

  @Override
  public void run(LifecycleEvent event, StepContext context) throws InterruptedException {
    Consumer<String> notes = line -> context.log().line("[kodedeploy.run] " + line);
    var entries = section(context).in(event.name());
    for (int index = 0; index < entries.size(); index++) {
      var entry = entries.get(index);
      var request = request(entry, index, event, context);
      if (runner.run(request, context.log()::stdout, notes) instanceof Failed failed) {
        throw new AgentException(
            failed.code(),
            entry.position() + ": image " + entry.workload().image() + ": " + failed.message());
      }
      notes.accept("ended with exit code 0");
    }
  }

  private RunSection section(StepContext context) {
    return context
        .appSpec()
        .flatMap(AppSpec::kodedeploy)
        .map(section -> RunSection.of(section, settings.allowedAccounts(), settings.protection()))
        .orElse(new RunSection(List.of()));
  }

  private static JobRequest request(
      RunEntry entry, int index, LifecycleEvent event, StepContext context) {
    var spec = context.spec();
    var archive = context.archive().toAbsolutePath().normalize();
    var variables =
        new TreeMap<>(
            ScriptEnvironment.describing(
                event.name(), spec, ObservedETag.of(context.deploymentDirectory())));
    variables.putAll(entry.workload().environment());
    var folder = entry.workload().workingDirectory().map(Path::of).orElse(Path.of(""));
    return new JobRequest(
        JobRequest.stepName(spec.deploymentId(), event.name(), index),
        Purpose.STEP,
        spec.deploymentId(),
        event.name(),
        entry.workload().in(Optional.of(archive.resolve(folder).normalize().toString()), variables),
        entry.timeout(),
        List.of(archive),
        List.of(new Mount(0, "", archive.toString(), false)));
  }

  /** {@code hooks: job}: what carries the scripts of an event out, in Jobs of this namespace. */
  public EventScripts scripts() {
    return new EventJobs(settings, runner);
  }

  /** What hook scripts find: the socket of {@code docker} and the cluster's name server. */
  public Map<String, String> hookVariables() {
    var variables = new TreeMap<>(NameServer.variables(Path.of("/etc/resolv.conf")));
    variables.put(DockerMain.SOCKET, docker.path().toString());
    return variables;
  }

  /**
   * Deletes the Jobs that scripts of a dead agent left, on a thread of its own. Called once, when
   * nobody else works for this namespace.
   */
  public void tidy() {
    Thread.ofVirtual().name("run-tidy").start(runner::removeLeftOvers);
  }

  /** Deletes the Jobs of an event when its command is over, whatever became of it. */
  public HostListener listener() {
    return new HostListener() {
      @Override
      public void commandStarted(CommandInfo command) {
        docker.begun(command);
      }

      @Override
      public void commandSettled(CommandInfo command) {
        docker.settled(command);
        removeJobs(command);
      }
    };
  }

  private void removeJobs(CommandInfo command) {
    try {
      runner.settled(command.spec().deploymentId(), command.event().name());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    docker.close();
  }
}
