package io.kodedeploy.namespace.cluster;

import io.fabric8.kubernetes.client.Config;
import java.nio.file.Path;
import tools.jackson.databind.node.JsonNodeFactory;

/** Writes kubeconfigs; JSON is YAML. */
final class Kubeconfigs {
  private Kubeconfigs() {}

  /** The same API server with the token that stands in a file; kubectl and helm read it again. */
  static String withTokenFile(Config server, String namespace, Path token) {
    var root = JsonNodeFactory.instance.objectNode();
    root.put("apiVersion", "v1").put("kind", "Config").put("current-context", "kodedeploy");
    var cluster = JsonNodeFactory.instance.objectNode().put("server", server.getMasterUrl());
    if (server.getCaCertData() != null) {
      cluster.put("certificate-authority-data", server.getCaCertData());
    } else if (server.getCaCertFile() != null) {
      cluster.put("certificate-authority", server.getCaCertFile());
    }
    if (server.isTrustCerts()) {
      cluster.put("insecure-skip-tls-verify", true);
    }
    root.putArray("clusters").addObject().put("name", "kodedeploy").set("cluster", cluster);
    root.putArray("users")
        .addObject()
        .put("name", "kodedeploy-apply")
        .putObject("user")
        .put("tokenFile", token.toString());
    root.putArray("contexts")
        .addObject()
        .put("name", "kodedeploy")
        .putObject("context")
        .put("cluster", "kodedeploy")
        .put("user", "kodedeploy-apply")
        .put("namespace", namespace);
    return root.toPrettyString();
  }
}
