package io.kodedeploy.namespace.run;

import io.kodedeploy.namespace.run.JobRequest.Mount;
import io.kodedeploy.namespace.run.Workload.Toleration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A Job and its Secret as the API server gets them. A pure value: nothing is asked, nothing is
 * sent. The Job is made suspended, so that its Secret, which it owns, is there before its pod.
 */
final class JobManifest {
  /** The container whose output and exit code count. */
  static final String CONTAINER = "run";

  /** The container that fetches the bundle. */
  static final String INIT = "bundle";

  /** Keys of the Secret. */
  static final String TOKEN = "token";

  static final String CERTIFICATE = "certificate";

  private static final String SECRET_FOLDER = "/var/run/secrets/kodedeploy";
  private static final String HOME = "/kodedeploy-home";
  private static final String FILES = "/kodedeploy-files";
  private static final int GRACE_SECONDS = 30;

  /** A Job that nobody removed, because its agent never came back, leaves by itself. */
  private static final int TTL_SECONDS = 3600;

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final JobRequest request;
  private final RunSettings settings;

  private JobManifest(JobRequest request, RunSettings settings) {
    this.request = request;
    this.settings = settings;
  }

  /**
   * The Job.
   *
   * @param image the agent's own image
   * @param url where its pod fetches the bundle
   */
  static ObjectNode job(JobRequest request, RunSettings settings, String image, String url) {
    return new JobManifest(request, settings).job(image, url);
  }

  /**
   * The Secret of a Job.
   *
   * @param owner uid of the Job, which takes the Secret with it when it goes
   * @param certificate SHA-256 of the certificate that the agent's server shows now
   */
  static ObjectNode secret(JobRequest request, String owner, String token, String certificate) {
    var secret = object("v1", "Secret", request.name(), request.labels());
    var reference = secret.withObject("metadata").putArray("ownerReferences").addObject();
    reference.put("apiVersion", "batch/v1").put("kind", "Job").put("name", request.name());
    reference.put("uid", owner);
    secret.put("type", "Opaque");
    secret.putObject("stringData").put(TOKEN, token).put(CERTIFICATE, certificate);
    return secret;
  }

  private ObjectNode job(String image, String url) {
    var job = object("batch/v1", "Job", request.name(), request.labels());
    var spec = job.putObject("spec");
    spec.put("suspend", true).put("backoffLimit", 0);
    spec.put("activeDeadlineSeconds", request.timeout().toSeconds());
    spec.put("ttlSecondsAfterFinished", TTL_SECONDS);
    var template = spec.putObject("template");
    var metadata = template.putObject("metadata");
    put(metadata.putObject("labels"), request.labels());
    // A command is not begun twice: whoever tidies nodes up waits for it.
    metadata
        .putObject("annotations")
        .put("karpenter.sh/do-not-disrupt", "true")
        .put("cluster-autoscaler.kubernetes.io/safe-to-evict", "false");
    pod(template.putObject("spec"), image, url);
    return job;
  }

  private void pod(ObjectNode pod, String image, String url) {
    var workload = request.workload();
    int user = workload.runAsUser().orElse(Workload.USER);
    pod.put("restartPolicy", "Never").put("enableServiceLinks", false);
    pod.put("terminationGracePeriodSeconds", GRACE_SECONDS);
    pod.put("serviceAccountName", workload.serviceAccount().orElse(settings.serviceAccount()));
    pod.put("automountServiceAccountToken", true);
    var security = pod.putObject("securityContext");
    security.put("runAsNonRoot", true).put("runAsUser", user).put("runAsGroup", user);
    security.put("fsGroup", user).putObject("seccompProfile").put("type", "RuntimeDefault");
    var secrets = pod.putArray("imagePullSecrets");
    for (var names : List.of(workload.pullSecrets(), settings.pullSecrets())) {
      names.forEach(name -> secrets.addObject().put("name", name));
    }
    if (!workload.nodeSelector().isEmpty()) {
      put(pod.putObject("nodeSelector"), workload.nodeSelector());
    }
    workload.tolerations().forEach(one -> toleration(pod.withArray("tolerations"), one));
    var volumes = pod.putArray("volumes");
    volumes.addObject().put("name", "home").putObject("emptyDir");
    for (int index = 0; index < request.folders().size(); index++) {
      volumes.addObject().put("name", "folder-" + index).putObject("emptyDir");
    }
    if (!request.trees().isEmpty()) {
      volumes.addObject().put("name", "files").putObject("emptyDir");
      var secret = volumes.addObject().put("name", "token").putObject("secret");
      secret.put("secretName", request.name()).put("defaultMode", 0440);
      init(pod.putArray("initContainers").addObject(), image, url);
    }
    container(pod.putArray("containers").addObject());
  }

  private void init(ObjectNode container, String image, String url) {
    container.put("name", INIT).put("image", image);
    container.put("imagePullPolicy", settings.pullPolicy());
    var command = container.putArray("command");
    List.of("kodedeploy-fetch", url, SECRET_FOLDER, FILES).forEach(command::add);
    container.put("terminationMessagePolicy", "FallbackToLogsOnError");
    restrict(container);
    var resources = container.putObject("resources");
    resources.putObject("requests").put("cpu", "100m").put("memory", "64Mi");
    resources.putObject("limits").put("memory", "128Mi");
    var mounts = container.putArray("volumeMounts");
    mounts.addObject().put("name", "files").put("mountPath", FILES);
    mounts.addObject().put("name", "token").put("mountPath", SECRET_FOLDER).put("readOnly", true);
  }

  private void container(ObjectNode container) {
    var workload = request.workload();
    container.put("name", CONTAINER).put("image", workload.image());
    if (request.purpose() == JobRequest.Purpose.SCRIPTS) {
      container.put("imagePullPolicy", settings.pullPolicy()); // our own image
    }
    words(container, "command", workload.command());
    words(container, "args", workload.arguments());
    workload.workingDirectory().ifPresent(folder -> container.put("workingDir", folder));
    var environment = new TreeMap<>(Map.of("HOME", HOME));
    environment.putAll(workload.environment());
    var variables = container.putArray("env");
    environment.forEach(
        (name, value) -> variables.addObject().put("name", name).put("value", verbatim(value)));
    for (var secret : workload.secrets()) {
      container.withArray("envFrom").addObject().putObject("secretRef").put("name", secret);
    }
    restrict(container);
    var resources = container.putObject("resources");
    workload.resources().forEach((key, values) -> put(resources.putObject(key), values));
    var mounts = container.putArray("volumeMounts");
    mounts.addObject().put("name", "home").put("mountPath", HOME);
    for (int index = 0; index < request.folders().size(); index++) {
      var path = request.folders().get(index).toString();
      mounts.addObject().put("name", "folder-" + index).put("mountPath", path);
    }
    for (var mount : request.mounts()) {
      mount(mounts.addObject(), mount);
    }
  }

  private static void mount(ObjectNode node, Mount mount) {
    var part = mount.part().isEmpty() ? "" : "/" + mount.part();
    node.put("name", "files").put("mountPath", mount.path()).put("subPath", mount.tree() + part);
    node.put("readOnly", mount.readOnly());
  }

  private static void restrict(ObjectNode container) {
    var security = container.putObject("securityContext");
    security.put("allowPrivilegeEscalation", false);
    security.putObject("capabilities").putArray("drop").add("ALL");
  }

  private static void toleration(ArrayNode list, Toleration toleration) {
    var node = list.addObject();
    toleration.key().ifPresent(key -> node.put("key", key));
    toleration.operator().ifPresent(operator -> node.put("operator", operator));
    toleration.value().ifPresent(value -> node.put("value", value));
    toleration.effect().ifPresent(effect -> node.put("effect", effect));
    toleration.seconds().ifPresent(seconds -> node.put("tolerationSeconds", seconds));
  }

  private static void words(ObjectNode container, String key, List<String> words) {
    if (!words.isEmpty()) {
      var list = container.putArray(key);
      words.forEach(word -> list.add(verbatim(word)));
    }
  }

  /** Kubernetes replaces {@code $(NAME)} and reads {@code $$} as {@code $}; we mean the text. */
  private static String verbatim(String text) {
    return text.replace("$", "$$");
  }

  private static ObjectNode object(
      String apiVersion, String kind, String name, Map<String, String> labels) {
    var object = JSON.objectNode().put("apiVersion", apiVersion).put("kind", kind);
    put(object.putObject("metadata").put("name", name).putObject("labels"), labels);
    return object;
  }

  private static void put(ObjectNode node, Map<String, String> texts) {
    new TreeMap<>(texts).forEach(node::put);
  }

  /** What wakes the Job. */
  static JsonNode resume() {
    var change = JSON.objectNode();
    change.putObject("spec").put("suspend", false);
    return change;
  }
}
