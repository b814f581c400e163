package io.kodedeploy.namespace.manifest;

/**
 * What makes an object the same object: its API group, not the version it was written in.
 *
 * @param group API group, empty for the core group
 * @param kind as in the manifest
 * @param namespace the agent's namespace; empty for an object of the whole cluster
 * @param name of the object
 */
public record ObjectKey(String group, String kind, String namespace, String name)
    implements Comparable<ObjectKey> {

  /** The key of an object by the apiVersion that it was written with. */
  public static ObjectKey of(String apiVersion, String kind, String namespace, String name) {
    var slash = apiVersion.indexOf('/');
    return new ObjectKey(slash < 0 ? "" : apiVersion.substring(0, slash), kind, namespace, name);
  }

  /** Whether it defines a custom kind. */
  public boolean isDefinition() {
    return kind.equals("CustomResourceDefinition") && group.equals("apiextensions.k8s.io");
  }

  @Override
  public int compareTo(ObjectKey other) {
    return sortText().compareTo(other.sortText());
  }

  private String sortText() {
    return kind + "/" + namespace + "/" + name + "/" + group;
  }

  /** The form that log, errors and status share: {@code Deployment/shop/web}. */
  @Override
  public String toString() {
    return namespace.isEmpty() ? kind + "/" + name : kind + "/" + namespace + "/" + name;
  }
}
