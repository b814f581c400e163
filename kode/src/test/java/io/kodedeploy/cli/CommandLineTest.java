package io.kodedeploy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.cli.console.Ticker;
import io.kodedeploy.cli.options.Surroundings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a user types, and what kode answers without calling anything. */
class CommandLineTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private CommandLine kode() {
    var line =
        Kode.commandLine(
            new Surroundings(
                Map.of(),
                folder,
                folder,
                () -> {
                  throw new AssertionError("no call to AWS was expected");
                },
                Ticker.SYSTEM));
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line;
  }

  @Test
  void theOriginalsCommandsParseAsTheyStood() {
    var commands =
        List.of(
            List.of(
                "init", "--cluster", "cluster1", "--environment", "staging", "--namespace", "m"),
            List.of(
                "deploy",
                "--cluster",
                "cluster1",
                "--environment",
                "staging",
                "--namespace",
                "mycoolproduct",
                "--application",
                "mymicrosvc",
                "--command",
                "kubectl apply -f deploy/kubernetes",
                "--bucket",
                "my-bundles"),
            List.of(
                "release",
                "cluster",
                "--application",
                "lb-app-1",
                "--cluster",
                "green",
                "--bucket",
                "my-bundles"));

    for (var command : commands) {
      var parsed = kode().parseArgs(command.toArray(String[]::new));

      assertThat(parsed.hasSubcommand()).isTrue();
      assertThat(parsed.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "simulator",
        "init",
        "deploy",
        "release cluster",
        "status",
        "local",
        "agent",
        "agent start",
        "agent stop",
        "agent restart",
        "agent status",
        "agent run",
        "agent unit"
      })
  void everyCommandExplainsItselfWithExamples(String command) {
    int code = kode().execute((command + " --help").split(" "));

    assertThat(code).isZero();
    assertThat(out.toString()).contains("Usage: kode " + command).contains("Examples:");
  }

  @Test
  void aMissingOptionIsOneLineAndExitCode2() {
    int code = kode().execute("deploy", "--environment", "staging");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString().lines())
        .singleElement()
        .asString()
        .startsWith("kode: usage-invalid: ")
        .contains("--namespace", "--application", "--bucket")
        .endsWith("kode deploy --help");
  }

  @Test
  void kodeYamlGivesWhatTheFlagsLeaveOut() throws IOException {
    Files.writeString(
        folder.resolve("kode.yaml"),
        "bucket: my-bundles\napplication: cart\nenvironment: sandbox\n");

    var parsed = kode().parseArgs("deploy", "--namespace", "shop", "--environment", "prod");

    var deploy = parsed.subcommand();
    assertThat(deploy.commandSpec().findOption("--bucket").<String>getValue())
        .isEqualTo("my-bundles");
    assertThat(deploy.commandSpec().findOption("--application").<String>getValue())
        .isEqualTo("cart");
    assertThat(deploy.commandSpec().findOption("--environment").<String>getValue())
        .isEqualTo("prod");
  }

  @Test
  void anUnknownKeyInKodeYamlIsRefused() throws IOException {
    Files.writeString(folder.resolve("kode.yaml"), "bucket: b\nbukket: c\n");

    int code = kode().execute("deploy", "--namespace", "shop");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("config-file-invalid")
        .contains("kode.yaml")
        .contains("unknown key \"bukket\"; known are bucket, application, environment");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10,50", "50,10,100", "0,100", "10,101"})
  void stepsThatDoNotRiseTo100AreRefused(String steps) {
    int code =
        kode()
            .execute(
                "release",
                "cluster",
                "--application",
                "a",
                "--cluster",
                "c",
                "--bucket",
                "b",
                "--steps",
                steps);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("usage-invalid: --steps: expected");
  }

  @Test
  void aDurationThatIsNoneSaysWhatWasExpected() {
    int code =
        kode()
            .execute(
                "deploy",
                "--environment",
                "e",
                "--namespace",
                "n",
                "--application",
                "a",
                "--bucket",
                "b",
                "--timeout",
                "soon");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("expected a duration such as 500ms, 90s, 5m or 1h");
  }

  @Test
  void aNameThatCannotBePartOfAKeyIsRefused() {
    int code = kode().execute("init", "--cluster", "a/b", "--environment", "e", "--namespace", "n");

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("--cluster: expected").contains("found \"a/b\"");
  }

  @Test
  void aFolderWithNothingToDeployIsRefused() {
    int code =
        kode()
            .execute(
                "deploy",
                "--environment",
                "e",
                "--namespace",
                "n",
                "--application",
                "a",
                "--bucket",
                "b");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString().lines()).singleElement().asString().contains("nothing-to-deploy");
  }

  @Test
  void failuresOfJsonOutputAreEventsToo() {
    int code =
        kode()
            .execute(
                "deploy",
                "--environment",
                "e",
                "--namespace",
                "n",
                "--application",
                "a",
                "--bucket",
                "b",
                "--output",
                "json");

    assertThat(code).isEqualTo(1);
    assertThat(out.toString()).contains("\"event\":\"error\"", "\"problem\":\"nothing-to-deploy\"");
  }
}
