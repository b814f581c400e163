package io.kodedeploy.simulator.kubernetes;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The defaults that the API server of Kubernetes 1.34 writes into objects, so far as clients look
 * at them: workloads, pod templates, services, namespaces, claims.
 */
final class Defaults {
  private Defaults() {}

  static void fill(ResourceKind kind, ObjectNode object) {
    if (kind.has(ResourceKind.Trait.STATUS)) {
      ObjectTree.child(object, "status");
    }
    switch (kind.kind()) {
      case "Deployment" -> deployment(ObjectTree.child(object, "spec"));
      case "ReplicaSet", "ReplicationController" -> {
        var spec = ObjectTree.child(object, "spec");
        number(spec, "replicas", 1);
        template(spec);
      }
      case "StatefulSet" -> statefulSet(ObjectTree.child(object, "spec"));
      case "DaemonSet" -> {
        var spec = ObjectTree.child(object, "spec");
        number(spec, "revisionHistoryLimit", 10);
        text(ObjectTree.child(spec, "updateStrategy"), "type", "RollingUpdate");
        template(spec);
      }
      case "Job" -> job(ObjectTree.child(object, "spec"));
      case "Pod" -> {
        podSpec(ObjectTree.child(object, "spec"));
        text(ObjectTree.child(object, "status"), "phase", "Pending");
      }
      case "Service" -> service(ObjectTree.child(object, "spec"));
      case "Namespace" -> {
        ObjectTree.child(object, "metadata", "labels")
            .put("kubernetes.io/metadata.name", ObjectTree.name(object));
        text(ObjectTree.child(object, "status"), "phase", "Active");
      }
      case "Secret" -> {
        text(object, "type", "Opaque");
        secretText(object);
      }
      default -> {
        // the other kinds are stored as they come
      }
    }
  }

  private static void deployment(ObjectNode spec) {
    number(spec, "replicas", 1);
    number(spec, "progressDeadlineSeconds", 600);
    number(spec, "revisionHistoryLimit", 10);
    var strategy = ObjectTree.child(spec, "strategy");
    text(strategy, "type", "RollingUpdate");
    if (ObjectTree.text(strategy, "type").equals("RollingUpdate")) {
      var rolling = ObjectTree.child(strategy, "rollingUpdate");
      text(rolling, "maxSurge", "25%");
      text(rolling, "maxUnavailable", "25%");
    }
    template(spec);
  }

  private static void statefulSet(ObjectNode spec) {
    number(spec, "replicas", 1);
    number(spec, "revisionHistoryLimit", 10);
    text(spec, "podManagementPolicy", "OrderedReady");
    var strategy = ObjectTree.child(spec, "updateStrategy");
    text(strategy, "type", "RollingUpdate");
    if (ObjectTree.text(strategy, "type").equals("RollingUpdate")) {
      number(ObjectTree.child(strategy, "rollingUpdate"), "partition", 0);
    }
    template(spec);
  }

  private static void job(ObjectNode spec) {
    number(spec, "completions", 1);
    number(spec, "parallelism", 1);
    number(spec, "backoffLimit", 6);
    text(spec, "completionMode", "NonIndexed");
    if (!spec.has("suspend")) {
      spec.put("suspend", false);
    }
    template(spec);
  }

  private static void template(ObjectNode spec) {
    podSpec(ObjectTree.child(spec, "template", "spec"));
  }

  private static void podSpec(ObjectNode spec) {
    text(spec, "restartPolicy", "Always");
    text(spec, "dnsPolicy", "ClusterFirst");
    text(spec, "schedulerName", "default-scheduler");
    number(spec, "terminationGracePeriodSeconds", 30);
    ObjectTree.child(spec, "securityContext");
    for (var list : new String[] {"initContainers", "containers"}) {
      for (var container : spec.path(list)) {
        if (container instanceof ObjectNode fields) {
          container(fields);
        }
      }
    }
  }

  private static void container(ObjectNode container) {
    var image = ObjectTree.text(container, "image");
    var tag = PodTemplate.tagOf(image);
    text(
        container,
        "imagePullPolicy",
        tag.equals("latest") && !image.contains("@") ? "Always" : "IfNotPresent");
    ObjectTree.child(container, "resources");
    text(container, "terminationMessagePath", "/dev/termination-log");
    text(container, "terminationMessagePolicy", "File");
    for (var port : container.path("ports")) {
      if (port instanceof ObjectNode fields) {
        text(fields, "protocol", "TCP");
      }
    }
  }

  private static void service(ObjectNode spec) {
    text(spec, "type", "ClusterIP");
    text(spec, "sessionAffinity", "None");
    text(spec, "internalTrafficPolicy", "Cluster");
    for (JsonNode port : spec.path("ports")) {
      if (port instanceof ObjectNode fields) {
        text(fields, "protocol", "TCP");
        if (!fields.has("targetPort")) {
          fields.set("targetPort", fields.path("port"));
        }
      }
    }
  }

  /** {@code stringData} is write-only. */
  private static void secretText(ObjectNode secret) {
    if (secret.remove("stringData") instanceof ObjectNode plain) {
      var data = ObjectTree.child(secret, "data");
      plain
          .properties()
          .forEach(
              p ->
                  data.put(
                      p.getKey(),
                      java.util.Base64.getEncoder()
                          .encodeToString(
                              p.getValue()
                                  .asString("")
                                  .getBytes(java.nio.charset.StandardCharsets.UTF_8))));
    }
  }

  private static void text(ObjectNode object, String name, String value) {
    if (!object.has(name)) {
      object.put(name, value);
    }
  }

  private static void number(ObjectNode object, String name, int value) {
    if (!object.has(name)) {
      object.put(name, value);
    }
  }
}
