package io.kodedeploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.aws.Aws;
import io.kodedeploy.cli.aws.AwsSettings;
import io.kodedeploy.cli.aws.SdkAws;
import io.kodedeploy.cli.conformance.ConformanceCase;
import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.options.Surroundings;
import io.kodedeploy.simulator.Simulator;
import io.kodedeploy.simulator.SimulatorSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;

/** {@code kode local} as a person types it, with real scripts and S3 over a socket. */
class LocalConformanceIT {
  private static final List<String> HOOKS =
      List.of(
          "ApplicationStop",
          "BeforeInstall",
          "AfterInstall",
          "ApplicationStart",
          "ValidateService",
          "BeforeAllowTraffic",
          "AfterAllowTraffic");

  @TempDir static Path temporary;
  private static Simulator simulator;
  private static Aws aws;
  private int cases;

  /** The SDK's own chains must find nothing on the machine of the test, nor ask a network. */
  @BeforeAll
  static void open() {
    System.setProperty("aws.disableEc2Metadata", "true");
    System.setProperty("aws.sharedCredentialsFile", "/dev/null");
    System.setProperty("aws.configFile", "/dev/null");
    simulator = Simulator.start(SimulatorSettings.onAnyPort());
    aws =
        new SdkAws(
            AwsSettings.at(
                simulator.url(),
                "us-west-2",
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))));
    aws.s3().createBucket(request -> request.bucket("bundles"));
  }

  @AfterAll
  static void close() {
    aws.close();
    simulator.close();
    for (var name : List.of("disableEc2Metadata", "sharedCredentialsFile", "configFile")) {
      System.clearProperty("aws." + name);
    }
  }

  @TestFactory
  Stream<DynamicTest> local() {
    return ConformanceCase.of("local.yml", given -> new Run(given, newFolder()).check());
  }

  private Path newFolder() throws IOException {
    return Files.createDirectory(temporary.resolve("case" + cases++)).toRealPath();
  }

  private static final class Run {
    private final ConformanceCase given;
    private final Path work;
    private final Path bundle;
    private final Path installed;
    private final Map<String, String> environment = new HashMap<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    Run(ConformanceCase given, Path work) throws IOException {
      this.given = given;
      this.work = work;
      this.bundle = Files.createDirectory(work.resolve("bundle"));
      this.installed = work.resolve("www/index.html");
      environment.put("PATH", "/usr/bin:/bin");
      if (!given.has("anonymous")) {
        environment.put("AWS_ACCESS_KEY_ID", "test");
        environment.put("AWS_SECRET_ACCESS_KEY", "test");
      }
      Files.writeString(
          work.resolve("agent.yml"),
          """
          root_dir: %1$s/root
          log_dir: %1$s/log
          on_premises_config_file: %1$s/onpremises.yml
          s3_endpoint_override: %2$s
          """
              .formatted(work, simulator.url()));
      if (given.has("onPremises")) {
        Files.writeString(
            work.resolve("onpremises.yml"),
            """
            iam_user_arn: arn:aws:iam::123456789012:user/host-7
            region: eu-west-1
            aws_access_key_id: AKIDEXAMPLE
            aws_secret_access_key: secret
            """);
      }
      write(files("second"));
    }

    void check() throws Exception {
      if (given.has("present")) {
        Files.createDirectories(installed.getParent());
        Files.writeString(installed, "of somebody else");
      }
      given.text("uploaded").ifPresent(this::upload);
      if (given.has("first")) {
        write(files("first"));
        assertThat(kode(given.texts("first"))).as(out.toString()).isZero();
        write(files("second"));
        out.getBuffer().setLength(0);
        Files.delete(work.resolve("log/codedeploy-local.log"));
      }

      int code = kode(given.texts("args"));

      assertThat(code)
          .as("%s%s", out, err)
          .isEqualTo(Integer.parseInt(given.text("exit").orElseThrow()));
      contains(out, given.texts("lines"));
      contains(err, given.texts("errors"));
      checkLog();
      checkScripts();
      if (given.has("installed")) {
        assertThat(installed).hasContent("index");
      }
    }

    private int kode(List<String> arguments) {
      var all = new ArrayList<>(List.of("local"));
      if (!arguments.contains("-c")) {
        all.addAll(List.of("-c", work.resolve("agent.yml").toString()));
      }
      arguments.forEach(argument -> all.add(real(argument)));
      var line =
          Kode.commandLine(
              new Surroundings(
                  environment,
                  bundle,
                  bundle,
                  () -> {
                    throw new AssertionError("local needs no client of ours");
                  },
                  Ticker.SYSTEM));
      line.setOut(new PrintWriter(out, true));
      line.setErr(new PrintWriter(err, true));
      return line.execute(all.toArray(String[]::new));
    }

    private void contains(StringWriter writer, List<String> expected) {
      var lines = writer.toString().lines().toList();
      for (var line : expected) {
        var pattern = Pattern.compile(real(line));
        assertThat(lines).anyMatch(found -> pattern.matcher(found).matches());
      }
    }

    private void checkLog() throws IOException {
      Path log = work.resolve("log/codedeploy-local.log");
      if (given.has("events")) {
        var begun = Pattern.compile("event begins event=\"(\\w+)\"");
        assertThat(begun.matcher(Files.readString(log)).results().map(r -> r.group(1)))
            .containsExactlyElementsOf(given.texts("events"));
        assertThat(Files.readString(log).lines())
            .allMatch(
                line ->
                    line.matches(
                        "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d (INFO |WARN |ERROR)"
                            + " \\[codedeploy-local\\(\\d+\\)]: .*"));
      }
      if (given.has("revision")) {
        assertThat(log).content().contains("revision=\"" + given.text("revision").get() + "\"");
      }
    }

    private void checkScripts() throws IOException {
      if (given.has("printed")) {
        assertThat(printed())
            .containsExactlyElementsOf(given.texts("printed").stream().map(this::real).toList());
      }
      if (given.has("printedMatches")) {
        assertThat(printed())
            .singleElement()
            .asString()
            .matches(given.text("printedMatches").get());
      }
    }

    /** What scripts printed in the last deployment. */
    private List<String> printed() throws IOException {
      var starting = Pattern.compile("from within folder (.*)").matcher(out.toString());
      assertThat(starting.find()).isTrue();
      return Files.readAllLines(Path.of(starting.group(1), "logs/scripts.log")).stream()
          .filter(line -> line.contains("[stdout]"))
          .map(line -> line.substring(line.indexOf("[stdout]") + "[stdout]".length()))
          .toList();
    }

    private Map<String, String> files(String version) {
      var own = given.texted("bundle");
      if (!own.isEmpty()) {
        return own;
      }
      var hooks = new LinkedHashMap<String, String>();
      HOOKS.forEach(event -> hooks.put(event, "a.sh"));
      if (given.has("hooks")) {
        hooks.clear();
        hooks.putAll(given.texted("hooks"));
      }
      var appSpec = new StringBuilder("version: 0.0\nos: linux\n");
      given
          .text("behavior")
          .ifPresent(text -> appSpec.append("file_exists_behavior: ").append(text).append('\n'));
      appSpec.append("files: [{source: index.html, destination: %s/www}]\n".formatted(work));
      appSpec.append("hooks:\n");
      hooks.forEach(
          (event, script) -> appSpec.append("  %s: [{location: %s}]\n".formatted(event, script)));
      return Map.of(
          "appspec.yml",
          appSpec.toString(),
          "index.html",
          "index",
          "version",
          version,
          "a.sh",
          "#!/bin/sh\n" + given.text("script").orElse("echo $LIFECYCLE_EVENT") + "\n");
    }

    private void write(Map<String, String> files) throws IOException {
      for (var file : files.entrySet()) {
        Files.writeString(bundle.resolve(file.getKey()), file.getValue());
      }
    }

    private void upload(String key) {
      var bytes = new ByteArrayOutputStream();
      try (var zip = new ZipOutputStream(bytes)) {
        for (var file : files("uploaded").entrySet()) {
          zip.putNextEntry(new ZipEntry(file.getKey()));
          zip.write(file.getValue().getBytes(UTF_8));
        }
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      aws.s3()
          .putObject(
              request -> request.bucket("bundles").key(key),
              RequestBody.fromBytes(bytes.toByteArray()));
    }

    private String real(String text) {
      return text.replace("<work>", work.toString());
    }
  }
}
