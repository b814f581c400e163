package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.namespace.manifest.Readiness.Failed;
import io.kodedeploy.namespace.manifest.Readiness.InProgress;
import io.kodedeploy.namespace.manifest.Readiness.Ready;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1 | ConfigMap | {} | ready
          v1 | ConfigMap | metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"} | wait: is being deleted
          apps/v1 | Deployment | {} | wait: its controller has not seen it yet
          apps/v1 | Deployment | {metadata: {generation: 2}, status: {observedGeneration: 1}} | wait: its controller has not seen the change yet
          apps/v1 | Deployment | {spec: {replicas: 3}, status: {observedGeneration: 1, updatedReplicas: 2}} | wait: 2 of 3 pods are of this revision
          apps/v1 | Deployment | {spec: {replicas: 1}, status: {observedGeneration: 1, replicas: 2, updatedReplicas: 1}} | wait: 1 pods of the old revision are ending
          apps/v1 | Deployment | {status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1}} | wait: 0 of 1 pods are available
          apps/v1 | Deployment | {status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1}} | ready
          apps/v1 | Deployment | {spec: {replicas: 0}, status: {observedGeneration: 1}} | ready
          apps/v1 | Deployment | {status: {observedGeneration: 1, conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: m}]}} | failed: ProgressDeadlineExceeded: m
          apps/v1 | StatefulSet | {spec: {replicas: 2}, status: {observedGeneration: 1, replicas: 2, readyReplicas: 1}} | wait: 1 of 2 pods are ready
          apps/v1 | StatefulSet | {status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, currentRevision: a, updateRevision: b}} | wait: 0 of 1 pods are of this revision
          apps/v1 | StatefulSet | {status: {observedGeneration: 1, replicas: 1, readyReplicas: 1, currentRevision: a, updateRevision: a}} | ready
          apps/v1 | DaemonSet | {status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2, updatedNumberScheduled: 2, numberAvailable: 1}} | wait: 1 of 2 pods are available
          apps/v1 | DaemonSet | {status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 1}} | wait: 1 of 2 nodes have their pod
          apps/v1 | DaemonSet | {status: {observedGeneration: 1, desiredNumberScheduled: 0}} | ready
          v1 | ReplicationController | {spec: {replicas: 1}, status: {observedGeneration: 1, replicas: 2, availableReplicas: 1}} | wait: 1 pods are ending
          v1 | Pod | {status: {phase: Running, containerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}]}} | failed: container a crashes again and again
          apiextensions.k8s.io/v1 | CustomResourceDefinition | {status: {conditions: [{type: Established, status: "True"}]}} | ready
          apiextensions.k8s.io/v1 | CustomResourceDefinition | {} | wait: the definition is not established yet
          apiextensions.k8s.io/v1 | CustomResourceDefinition | {status: {conditions: [{type: NamesAccepted, status: "False", reason: PluralConflict, message: taken}]}} | failed: PluralConflict: taken
          batch/v1 | Job | {status: {}} | wait: job has not started
          batch/v1 | Job | {status: {startTime: now, failed: 1}} | wait: job runs, 0 pods succeeded, 1 failed
          batch/v1 | Job | {status: {conditions: [{type: Complete, status: "True"}]}} | ready
          batch/v1 | Job | {status: {conditions: [{type: Failed, status: "True", reason: BackoffLimitExceeded}]}} | failed: BackoffLimitExceeded
          v1 | Pod | {status: {phase: Pending}} | wait: pod is Pending
          v1 | Pod | {status: {phase: Running}} | wait: pod runs, but is not ready
          v1 | Pod | {status: {phase: Running, conditions: [{type: Ready, status: "True"}]}} | ready
          v1 | Pod | {status: {phase: Succeeded}} | ready
          v1 | Pod | {status: {phase: Failed, message: evicted}} | failed: pod failed: evicted
          v1 | PersistentVolumeClaim | {status: {phase: Pending}} | wait: claim is Pending
          v1 | PersistentVolumeClaim | {status: {phase: Bound}} | ready
          v1 | Service | {spec: {type: LoadBalancer}} | wait: no cluster address yet
          v1 | Service | {spec: {type: ClusterIP}} | ready
          example.org/v1 | Widget | {status: {conditions: [{type: Ready, status: "False", reason: Busy, message: soon}]}} | wait: Busy: soon
          example.org/v1 | Widget | {status: {conditions: [{type: Stalled, status: "True", reason: Bad}]}} | failed: Bad
          example.org/v1 | Widget | {status: {conditions: [{type: Reconciling, status: "True"}]}} | wait: Reconciling is True
          example.org/v1 | Deployment | {status: {}} | ready
          """)
  void followsTheRulesOfTheKind(String apiVersion, String kind, String rest, String expected)
      throws Exception {
    var yaml = rest.startsWith("{") ? rest : "{" + rest + "}";
    var object = (tools.jackson.databind.node.ObjectNode) YamlReader.read(yaml).getFirst().json();
    object.put("apiVersion", apiVersion).put("kind", kind);

    var text =
        switch (Readiness.of(object)) {
          case Ready() -> "ready";
          case InProgress(var reason) -> "wait: " + reason;
          case Failed(var reason) -> "failed: " + reason;
        };

    assertThat(text).isEqualTo(expected);
  }
}
