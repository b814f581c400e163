package io.kodedeploy.simulator.kubernetes;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;

/** The objects that the tests apply. */
final class Manifests {
  private Manifests() {}

  static Deployment deployment(int replicas, String tag, Map<String, String> variables) {
    var env = new StringBuilder();
    variables.forEach(
        (name, value) ->
            env.append("        - {name: ")
                .append(name)
                .append(", value: \"")
                .append(value)
                .append("\"}\n"));
    var yaml =
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: demo}
        spec:
          replicas: %d
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: example.invalid/web:%s
                env:
        %s\
        """
            .formatted(replicas, tag, env);
    return Serialization.unmarshal(yaml, Deployment.class);
  }

  static Service service(int nodePort) {
    var yaml =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: demo}
        spec:
          type: NodePort
          selector: {app: web}
          ports: [{port: 80, targetPort: 8080, nodePort: %d}]
        """
            .formatted(nodePort);
    return Serialization.unmarshal(yaml, Service.class);
  }
}
