package io.kodedeploy.namespace.manifest;

/**
 * A kind as a cluster serves it.
 *
 * @param group API group, empty for the core group
 * @param version API version
 * @param kind of the objects
 * @param plural name in paths
 * @param namespaced false for kinds of the whole cluster
 */
public record ResourceType(
    String group, String version, String kind, String plural, boolean namespaced) {
  /** As manifests write it. */
  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** The path of all objects of this type in a namespace; of all there are for cluster kinds. */
  public String path(String namespace) {
    return (group.isEmpty() ? "/api/" : "/apis/" + group + "/")
        + version
        + (namespaced ? "/namespaces/" + namespace : "")
        + "/"
        + plural;
  }

  /** The path of one object. */
  public String path(String namespace, String name) {
    return path(namespace) + "/" + name;
  }
}
