package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.namespace.run.DockerArguments.Refused;
import io.kodedeploy.namespace.run.DockerRun.Volume;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DockerArgumentsTest {
  private final DockerArguments arguments =
      new DockerArguments(
          Map.of("FROM_SCRIPT", "its value", "BOTH", "script"),
          file -> {
            if (!file.equals("env.list")) {
              throw new IOException("no such file");
            }
            return List.of("# comment", "", "A=1", "BOTH", "B=x=y");
          });

  @Test
  void readsTheScriptOfTheOriginalProject() throws Refused {
    var run =
        arguments.read(
            List.of(
                "-v",
                "/archive:/archive",
                "-v",
                "/var/run/secrets/kubernetes.io/serviceaccount/:/var/run/secrets/kubernetes.io/serviceaccount/",
                "-e",
                "KUBERNETES_SERVICE_HOST=10.96.0.1",
                "--rm",
                "-w",
                "/archive",
                "quay.io/roboll/helmfile:v0.40.1",
                "bash",
                "-c",
                "helmfile apply"));

    assertThat(run)
        .isEqualTo(
            new DockerRun(
                "quay.io/roboll/helmfile:v0.40.1",
                List.of("bash", "-c", "helmfile apply"),
                Optional.empty(),
                Optional.of("/archive"),
                Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1"),
                List.of(
                    new Volume("/archive", "/archive", false),
                    new Volume(
                        "/var/run/secrets/kubernetes.io/serviceaccount/",
                        "/var/run/secrets/kubernetes.io/serviceaccount/",
                        false))));
    assertThat(arguments.notices()).containsExactly("changes below /archive are not copied back");
  }

  @Test
  void takesVariablesFromTheScriptAndFromFiles() throws Refused {
    var run =
        arguments.read(
            List.of(
                "-e", "FROM_SCRIPT", "--env=NOT_SET", "--env-file", "env.list", "-eC=3", "image"));

    assertThat(run.environment())
        .isEqualTo(
            Map.of("FROM_SCRIPT", "its value", "A", "1", "BOTH", "script", "B", "x=y", "C", "3"));
  }

  @Test
  void takesEveryFormOfAnOption() throws Refused {
    var run =
        arguments.read(
            List.of("-itv/a:/b:ro", "--workdir=/b", "--entrypoint", "sh", "image", "-v", "--rm"));

    assertThat(run.volumes()).containsExactly(new Volume("/a", "/b", true));
    assertThat(run.folder()).contains("/b");
    assertThat(run.entryPoint()).contains("sh");
    assertThat(run.arguments()).containsExactly("-v", "--rm");
  }

  @Test
  void saysWhatItIgnores() throws Refused {
    arguments.read(List.of("-it", "--name", "x", "--network", "host", "--net=host", "image"));

    assertThat(arguments.notices())
        .extracting(notice -> notice.substring(0, notice.indexOf(" is ignored")))
        .containsExactly("-i", "-t", "--name", "--network host", "--net host");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -d image                | option -d is not supported
          --privileged image      | option --privileged is not supported
          --user 1000 image       | option --user is not supported
          -u 1000 image           | option -u is not supported
          -p 80:80 image          | option -p is not supported
          --network bridge image  | option --network bridge is not supported
          --mount type=x image    | option --mount is not supported
          -v name:/data image     | volume name:/data is not supported
          -v /data image          | volume /data is not supported
          """)
  void refusesWhatChangesTheMeaningAndSaysWhatWouldDoIt(String words, String expected) {
    assertThatThrownBy(() -> arguments.read(List.of(words.split(" "))))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.understood().orElseThrow().equivalent("AfterInstall"))
                    .startsWith(
                        "kodedeploy:\n  run:\n  - event: AfterInstall\n    image: \"image\""))
        .hasMessageStartingWith(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --rm          | docker run needs an image
          -w            | option -w needs a value
          -x image      | option -x is not known here
          --env-file no image | --env-file no cannot be read
          """)
  void refusesWhatItCannotRead(String words, String expected) {
    assertThatThrownBy(() -> arguments.read(List.of(words.split(" "))))
        .isInstanceOf(Refused.class)
        .hasMessageStartingWith(expected);
  }

  @Test
  void keepsValuesOfVariablesOutOfTheEquivalent() throws Refused {
    var run = arguments.read(List.of("-e", "PASSWORD=hunter2", "image", "a \"b\"\n"));

    assertThat(run.equivalent("Install"))
        .contains("PASSWORD: \"\"")
        .contains("args: [\"a \\\"b\\\"\\n\"]")
        .doesNotContain("hunter2");
  }

  @Test
  void goesOverTheSocketAsItIs() throws Refused {
    var run =
        arguments.read(
            List.of(
                "-v", "/a:/b:ro", "-e", "X==", "-w", "/b", "--entrypoint", "e", "i", "", "c d"));

    assertThat(DockerRun.of(run.fields())).isEqualTo(run);
  }
}
