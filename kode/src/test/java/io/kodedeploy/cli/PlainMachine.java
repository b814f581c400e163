package io.kodedeploy.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.agent.AgentMain;
import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.aws.AwsSettings;
import io.kodedeploy.cli.aws.SdkAws;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.codedeploy.model.BundleType;
import software.amazon.awssdk.services.codedeploy.model.DeploymentNotStartedException;
import software.amazon.awssdk.services.codedeploy.model.LifecycleEvent;
import software.amazon.awssdk.services.codedeploy.model.Tag;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;

/** An on-premises machine of a simulated account, and {@code kode agent} typed on it. */
final class PlainMachine implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Simulator simulator = Simulator.start(SimulatorSettings.onAnyPort());
  private final HttpClient http = HttpClient.newHttpClient();
  private final Aws aws;
  private final Path folder;
  private final List<Process> foreground = new ArrayList<>();
  private int bundles;
  private int port;

  /** What a command said and how it ended. */
  record Ran(int code, String out, String err) {}

  PlainMachine(Path folder) throws IOException {
    this.folder = folder;
    this.aws =
        new SdkAws(
            AwsSettings.at(
                simulator.url(),
                "us-west-2",
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))));
    Files.writeString(
        configFile(),
        """
        ---
        :program_name: codedeploy-agent
        :log_dir: '%1$s/log'
        :pid_dir: '%1$s/state/.pid/'
        :root_dir: '%1$s/root'
        :on_premises_config_file: '%1$s/onpremises.yml'
        :wait_between_runs: 1
        :deploy_control_endpoint: %2$s
        :s3_endpoint_override: %2$s
        """
            .formatted(folder, simulator.url()));
    register();
  }

  private void register() throws IOException {
    aws.iam().createUser(r -> r.userName("host-1"));
    aws.iam()
        .putUserPolicy(
            r ->
                r.userName("host-1")
                    .policyName("bundles")
                    .policyDocument(
                        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\","
                            + "\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"));
    var key = aws.iam().createAccessKey(r -> r.userName("host-1")).accessKey();
    String arn = "arn:aws:iam::123456789012:user/host-1";
    Files.writeString(
        folder.resolve("onpremises.yml"),
        """
        iam_user_arn: %s
        region: us-west-2
        aws_access_key_id: %s
        aws_secret_access_key: %s
        """
            .formatted(arn, key.accessKeyId(), key.secretAccessKey()));
    aws.s3().createBucket(r -> r.bucket("bundles"));
    var codeDeploy = aws.codeDeploy();
    codeDeploy.registerOnPremisesInstance(r -> r.instanceName("host-1").iamUserArn(arn));
    codeDeploy.addTagsToOnPremisesInstances(
        r -> r.instanceNames("host-1").tags(Tag.builder().key("role").value("web").build()));
    codeDeploy.createApplication(r -> r.applicationName("app"));
    codeDeploy.createDeploymentGroup(
        r ->
            r.applicationName("app")
                .deploymentGroupName("group")
                .serviceRoleArn("arn:aws:iam::123456789012:role/codedeploy-service")
                .deploymentConfigName("CodeDeployDefault.AllAtOnce")
                .onPremisesInstanceTagFilters(
                    TagFilter.builder()
                        .key("role")
                        .value("web")
                        .type(TagFilterType.KEY_AND_VALUE)
                        .build()));
  }

  Path folder() {
    return folder;
  }

  Path configFile() {
    return folder.resolve("codedeployagent.yml");
  }

  Path root() {
    return folder.resolve("root");
  }

  Path pidFile() {
    return folder.resolve("state/.pid/codedeploy-agent.pid");
  }

  Path errors() {
    return folder.resolve("state/.pid/codedeploy-agent.err");
  }

  long pid() throws IOException {
    return Long.parseLong(Files.readString(pidFile()));
  }

  void writePid(String content) throws IOException {
    Files.createDirectories(pidFile().getParent());
    Files.writeString(pidFile(), content);
  }

  void setting(String line) throws IOException {
    Files.writeString(configFile(), Files.readString(configFile()) + line + "\n");
  }

  /** Another account must reach the test's folder, the classes and the identity. */
  void openToAll() throws IOException {
    for (var path = folder; path.getNameCount() > 1; path = path.getParent()) {
      Files.setAttribute(path, "unix:mode", 0755);
    }
    Files.setAttribute(folder.resolve("onpremises.yml"), "unix:mode", 0644);
  }

  String log() throws IOException {
    return Files.readString(folder.resolve("log/codedeploy-agent.log"));
  }

  String commandLine(long pid) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/cmdline"), ISO_8859_1);
  }

  /** {@code kode agent ...} in this process. */
  Ran kode(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var home = Path.of("..").toAbsolutePath().normalize();
    var line =
        Kode.commandLine(
            new Surroundings(
                Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                folder,
                home,
                () -> {
                  throw new AssertionError("the agent's commands need no client");
                },
                Ticker.SYSTEM));
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    var all = new ArrayList<>(List.of("agent", "--config-file", configFile().toString()));
    all.addAll(List.of(arguments));
    int code = line.execute(all.toArray(String[]::new));
    return new Ran(code, out.toString(), err.toString());
  }

  /** {@code kode agent run} as a process whose output is {@code run.out}. */
  Process run(String... arguments) throws IOException {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KodeMain.class.getName(),
                "agent",
                "run",
                "--config-file",
                configFile().toString()));
    command.addAll(List.of(arguments));
    assertThat(AgentMain.asked(command.subList(6, command.size()))).isTrue();
    var process =
        new ProcessBuilder(command)
            .redirectOutput(folder.resolve("run.out").toFile())
            .redirectError(folder.resolve("run.err").toFile())
            .start();
    foreground.add(process);
    return process;
  }

  int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
      return port;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the agent's health says; empty while nobody answers. */
  String health() throws InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return http.send(request, BodyHandlers.ofString()).body();
    } catch (IOException e) {
      return "";
    }
  }

  /** Deploys a bundle with one script an event; answers the deployment's id. */
  String deploy(Map<String, String> scripts) {
    var bytes = new ByteArrayOutputStream();
    var appSpec = new StringBuilder("version: 0.0\nos: linux\nhooks:\n");
    try (var zip = new ZipOutputStream(bytes)) {
      for (var script : scripts.entrySet()) {
        appSpec.append("  %1$s: [{location: %1$s.sh}]\n".formatted(script.getKey()));
        put(zip, script.getKey() + ".sh", "#!/bin/sh\n" + script.getValue() + "\n");
      }
      put(zip, "appspec.yml", appSpec.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String key = "app-" + bundles++ + ".zip";
    aws.s3()
        .putObject(r -> r.bucket("bundles").key(key), RequestBody.fromBytes(bytes.toByteArray()));
    return aws.codeDeploy()
        .createDeployment(
            r ->
                r.applicationName("app")
                    .deploymentGroupName("group")
                    .revision(
                        v ->
                            v.revisionType("S3")
                                .s3Location(
                                    l -> l.bucket("bundles").key(key).bundleType(BundleType.ZIP))))
        .deploymentId();
  }

  private static void put(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(UTF_8));
    zip.closeEntry();
  }

  void deploymentSucceeds(Map<String, String> scripts) throws Exception {
    String id = deploy(scripts);
    await(
        "deployment succeeds",
        () ->
            aws.codeDeploy()
                .getDeployment(r -> r.deploymentId(id))
                .deploymentInfo()
                .statusAsString()
                .equals("Succeeded"));
  }

  private @Nullable LifecycleEvent event(String id, String name) {
    try {
      return aws
          .codeDeploy()
          .batchGetDeploymentTargets(r -> r.deploymentId(id).targetIds("host-1"))
          .deploymentTargets()
          .stream()
          .flatMap(target -> target.instanceTarget().lifecycleEvents().stream())
          .filter(event -> event.lifecycleEventName().equals(name))
          .findFirst()
          .orElse(null);
    } catch (DeploymentNotStartedException e) {
      return null;
    }
  }

  String eventStatus(String id, String name) {
    var event = event(id, name);
    return event == null ? "" : event.statusAsString();
  }

  String eventMessage(String id, String name) {
    var event = event(id, name);
    return event == null || event.diagnostics() == null ? "" : event.diagnostics().message();
  }

  /** How often an agent has asked for a command. */
  long polls() throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    simulator.url()
                        + "/_simulator/requests?service=codedeploy-commands"
                        + "&operation=PollHostCommand"))
            .build();
    var body = http.send(request, BodyHandlers.ofString()).body();
    return body.split("\"operation\"", -1).length - 1L;
  }

  /** A signal to a process, or to a group when the number is negative. */
  void signal(String name, long pid) throws IOException, InterruptedException {
    new ProcessBuilder("/bin/sh", "-c", "kill -s " + name + " -- " + pid)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  /** Ends scripts that a dead agent left, by where they lie. */
  void killHooks() throws IOException, InterruptedException {
    var left =
        ProcessHandle.allProcesses()
            .filter(
                process ->
                    process.info().commandLine().orElse("").contains(root().toString() + "/"))
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .toList();
    for (var process : left) {
      if (!commandLine(process.pid()).contains(AgentMain.class.getName())) {
        signal("KILL", -process.pid());
      }
    }
  }

  void await(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("in time: %s%n%s", what, tail()).isLessThan(end);
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
    }
  }

  private String tail() throws IOException {
    var log = folder.resolve("log/codedeploy-agent.log");
    return Files.exists(log) ? Files.readString(log) : "no log";
  }

  /** Ends the agents this machine started, by their numbers. */
  @Override
  public void close() {
    foreground.forEach(Process::destroyForcibly);
    try {
      if (Files.exists(pidFile())) {
        ProcessHandle.of(pid())
            .filter(process -> process.pid() != ProcessHandle.current().pid())
            .ifPresent(ProcessHandle::destroyForcibly);
      }
    } catch (IOException | NumberFormatException e) {
      // a pid file that a test wrote itself
    }
    aws.close();
    simulator.close();
    http.close();
  }
}
