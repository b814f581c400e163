package io.kodedeploy.core.observe;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Works on the one logging of the process, and puts back what the tests have. */
class AgentLoggingTest {
  @TempDir Path directory;
  private final PrintStream original = System.out;

  @AfterEach
  void restore() throws Exception {
    System.setOut(original);
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(getClass().getResource("/logback-test.xml"));
  }

  @Test
  void writesJsonOnStandardOutputAndTheOfficialLayoutIntoTheFile() throws Exception {
    var out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    AgentLogging.start();
    AgentLogging.level("INFO");
    AgentLogging.officialFile(Optional.of(directory.resolve("log")), "codedeploy-agent");

    LoggerFactory.getLogger("io.kodedeploy.core.X")
        .atInfo()
        .addKeyValue("deploymentId", "d-1")
        .log("command begins");
    LoggerFactory.getLogger("io.kodedeploy.core.X").debug("not logged");
    LoggerFactory.getLogger("software.amazon.awssdk.request").info("not logged");

    var lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines).hasSize(1);
    var line = JsonMapper.shared().readTree(lines.getFirst());
    assertThat(line.get("message").asString()).isEqualTo("command begins");
    assertThat(line.get("kvpList").toString()).contains("\"deploymentId\":\"d-1\"");
    assertThat(directory.resolve("log/codedeploy-agent.log"))
        .content()
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d INFO  \\[codedeploy-agent\\(\\d+\\)\\]: X:"
                + " command begins deploymentId=\"d-1\"\\n");
  }

  @Test
  void goesOnWithoutTheFileWhenItsDirectoryCannotBeUsed() {
    AgentLogging.start();

    AgentLogging.level("debug");
    AgentLogging.officialFile(Optional.of(Path.of("/proc/none")), "codedeploy-agent");

    assertThat(LoggerFactory.getLogger("io.kodedeploy.core.X").isDebugEnabled()).isTrue();
  }
}
