package io.kodedeploy.namespace.run;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.cluster.KubernetesApi;
import io.kodedeploy.namespace.cluster.KubernetesApi.Patch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The calls about Jobs of one namespace. Safe for many threads. */
final class Jobs {
  private final KubernetesApi api;
  private final String jobs;
  private final String core;

  Jobs(KubernetesApi api, String namespace) {
    this.api = api;
    this.jobs = "/apis/batch/v1/namespaces/" + namespace + "/jobs";
    this.core = "/api/v1/namespaces/" + namespace + "/";
  }

  /**
   * Creates a Job.
   *
   * @return nothing when there is one of that name
   * @throws AgentException {@code run-refused} with the API server's words
   */
  Optional<JsonNode> create(ObjectNode job) throws InterruptedException {
    var answer = api.post(jobs, job);
    return answer.conflict() ? Optional.empty() : Optional.of(taken(answer, "create the Job"));
  }

  /** A Job, if it is there. */
  Optional<JsonNode> read(String name) throws InterruptedException {
    var answer = api.get(jobs + "/" + name);
    return answer.absent() ? Optional.empty() : Optional.of(answer.orThrow("read Job " + name));
  }

  /** Lets a suspended Job go. */
  void resume(String name) throws InterruptedException {
    taken(
        api.patch(jobs + "/" + name, Map.of(), Patch.MERGE, JobManifest.resume()), "start the Job");
  }

  /** The pods of this very Job. */
  List<JsonNode> pods(String uid) throws InterruptedException {
    return list(
        core + "pods", Map.of("labelSelector", "batch.kubernetes.io/controller-uid=" + uid));
  }

  /** Path of a pod. */
  String pod(String name) {
    return core + "pods/" + name;
  }

  /** Why the controller cannot make a pod, the newest last; empty when that may not be read. */
  List<String> complaints(String name) throws InterruptedException {
    var answer =
        api.get(
            core + "events",
            Map.of("fieldSelector", "involvedObject.name=" + name + ",reason=FailedCreate"));
    var messages = new ArrayList<String>();
    if (answer.succeeded()) {
      answer.body().path("items").forEach(e -> messages.add(e.path("message").asString("")));
    }
    return messages;
  }

  /** Creates a Secret, or replaces it. */
  void write(ObjectNode secret) throws InterruptedException {
    var name = secret.path("metadata").path("name").asString("");
    var answer = api.post(core + "secrets", secret);
    if (answer.conflict()) {
      answer = api.patch(core + "secrets/" + name, Map.of(), Patch.MERGE, secret);
    }
    taken(answer, "write the Job's Secret");
  }

  /** A value of a Secret, if there is one. */
  Optional<String> secret(String name, String key) throws InterruptedException {
    var answer = api.get(core + "secrets/" + name);
    if (answer.absent()) {
      return Optional.empty();
    }
    var value = answer.orThrow("read Secret " + name).path("data").path(key).asString("");
    return value.isEmpty()
        ? Optional.empty()
        : Optional.of(new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8));
  }

  /** Names of Jobs with these labels. */
  List<String> withLabels(String selector) throws InterruptedException {
    return list(jobs, Map.of("labelSelector", selector)).stream()
        .map(job -> job.path("metadata").path("name").asString(""))
        .toList();
  }

  /**
   * Deletes a Job; its pod gets SIGTERM, and goes with the Secret by garbage collection. Fine when
   * it is not there.
   */
  void delete(String name) throws InterruptedException {
    var options = JsonNodeFactory.instance.objectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.put("propagationPolicy", "Background");
    var answer = api.delete(jobs + "/" + name, options);
    if (!answer.absent()) {
      answer.orThrow("delete Job " + name);
    }
  }

  private List<JsonNode> list(String path, Map<String, String> query) throws InterruptedException {
    var items = new ArrayList<JsonNode>();
    api.get(path, query).orThrow("list " + path).path("items").forEach(items::add);
    return items;
  }

  private static JsonNode taken(ApiAnswer answer, String what) {
    if (answer.succeeded()) {
      return answer.body();
    }
    throw new AgentException(
        answer.code() >= 500 || answer.code() == 429
            ? ErrorCode.CLUSTER_UNREACHABLE
            : ErrorCode.RUN_REFUSED,
        "cannot " + what + ": " + answer.message());
  }
}
