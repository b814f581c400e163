package io.kodedeploy.namespace.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.run.JobEnd.Failed;
import io.kodedeploy.namespace.run.JobEnd.Succeeded;
import io.kodedeploy.namespace.run.JobState.Ended;
import io.kodedeploy.namespace.run.JobState.Running;
import io.kodedeploy.namespace.run.JobState.Stuck;
import io.kodedeploy.namespace.run.JobState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JobViewTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
  private static final String JOB =
      "{spec: {activeDeadlineSeconds: 60}, status: {startTime: '2026-01-01T00:00:00Z', conditions:"
          + " [%s]}}";

  private static JsonNode json(String text) {
    return JsonMapper.builder()
        .enable(tools.jackson.core.json.JsonReadFeature.ALLOW_UNQUOTED_PROPERTY_NAMES)
        .enable(tools.jackson.core.json.JsonReadFeature.ALLOW_SINGLE_QUOTES)
        .build()
        .readTree(text);
  }

  private static JobState view(String conditions, String... pods) {
    return JobView.of(
        json(JOB.formatted(conditions)),
        List.of(pods).stream().map(JobViewTest::json).toList(),
        List.of(),
        BEGIN.plusSeconds(5));
  }

  private static String pod(String run, String more) {
    return "{metadata: {name: 'p'}, status: {containerStatuses: [{name: 'run', state: {"
        + run
        + "}}]"
        + more
        + "}}";
  }

  @Test
  void runsWhenItsCommandRuns() {
    assertThat(view("", pod("running: {}", ""))).isEqualTo(new Running("p"));
  }

  @Test
  void succeedsWithExitCodeZero() {
    assertThat(view("", pod("terminated: {exitCode: 0}", "")))
        .isEqualTo(new Ended("p", new Succeeded()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          terminated: {exitCode: 3, reason: 'Error'}                        | RUN_FAILED        | 3   | exit code 3
          terminated: {exitCode: 137, reason: 'OOMKilled'}                  | RUN_OUT_OF_MEMORY | 137 | more memory than it may
          terminated: {exitCode: 128, reason: 'StartError', message: 'no such file'} | RUN_NOT_STARTED | 128 | cannot be started: no such file
          """)
  void saysWhyTheCommandEnded(String state, ErrorCode code, int exitCode, String message) {
    var end = ((Ended) view("", pod(state, ""))).end();

    assertThat(end)
        .isInstanceOfSatisfying(
            Failed.class,
            failed -> {
              assertThat(failed.code()).isEqualTo(code);
              assertThat(failed.exitCode()).isEqualTo(exitCode);
              assertThat(failed.message()).contains(message);
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ErrImagePull               | RUN_IMAGE_UNAVAILABLE | 30
          ImagePullBackOff           | RUN_IMAGE_UNAVAILABLE | 30
          ErrImageNeverPull          | RUN_IMAGE_UNAVAILABLE | 0
          InvalidImageName           | RUN_IMAGE_UNAVAILABLE | 0
          CreateContainerConfigError | RUN_NOT_STARTED       | 20
          RunContainerError          | RUN_NOT_STARTED       | 20
          """)
  void givesAContainerThatCannotBeginOnlySomeTime(String reason, ErrorCode code, int seconds) {
    var state = view("", pod("waiting: {reason: '" + reason + "', message: 'why'}", ""));

    assertThat(state)
        .isEqualTo(new Stuck(code, "run: " + reason + ": why", Duration.ofSeconds(seconds)));
  }

  @Test
  void tellsEvictionFromAFailedCommand() {
    var state =
        view(
            "",
            pod(
                "terminated: {exitCode: 137, reason: 'Error'}",
                ", phase: 'Failed', reason: 'Evicted', message: 'low on memory'"));

    assertThat(state)
        .isEqualTo(
            new Ended(
                "p",
                new Failed(
                    ErrorCode.RUN_EVICTED,
                    -1,
                    "the Job's pod was taken away: Evicted: low on memory")));
  }

  @Test
  void tellsADisruptedPodFromAFailedCommand() {
    var state =
        view(
            "",
            pod(
                "terminated: {exitCode: 143, reason: 'Error'}",
                ", conditions: [{type: 'DisruptionTarget', status: 'True', reason:"
                    + " 'EvictionByEvictionAPI', message: 'drain'}]"));

    assertThat(((Ended) state).end())
        .isEqualTo(
            new Failed(
                ErrorCode.RUN_EVICTED,
                -1,
                "the Job's pod was taken away: EvictionByEvictionAPI: drain"));
  }

  @Test
  void takesTheDeadlineBeforeTheExitCodeOfItsVictim() {
    var state =
        view(
            "{type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded'}",
            pod("terminated: {exitCode: 143, reason: 'Error'}", ""));

    assertThat(((Ended) state).end())
        .isEqualTo(new Failed(ErrorCode.RUN_TIMED_OUT, -1, "not ended after its timeout of 60 s"));
  }

  @Test
  void saysThatTheBundleDidNotArrive() {
    var state =
        view(
            "",
            "{metadata: {name: 'p'}, status: {initContainerStatuses: [{name: 'bundle', state:"
                + " {terminated: {exitCode: 1, message: 'the agent answers 404'}}}]}}");

    assertThat(((Ended) state).end())
        .isEqualTo(
            new Failed(
                ErrorCode.RUN_BUNDLE_NOT_DELIVERED,
                -1,
                "the bundle's files did not reach the Job: the agent answers 404"));
  }

  @Test
  void waitsForANodeAndSaysSo() {
    var state =
        view(
            "",
            "{metadata: {name: 'p'}, status: {conditions: [{type: 'PodScheduled', status: 'False',"
                + " reason: 'Unschedulable', message: '0/3 nodes'}]}}");

    assertThat(state).isEqualTo(new Waiting("no node takes the pod: 0/3 nodes"));
  }

  @Test
  void handsTheQuotasWordsOn() {
    var state =
        JobView.of(
            json(JOB.formatted("")), List.of(), List.of("old", "exceeded quota: small"), BEGIN);

    assertThat(state)
        .isEqualTo(
            new Stuck(
                ErrorCode.RUN_REFUSED,
                "no pod can be made: exceeded quota: small",
                Duration.ofSeconds(30)));
  }
}
