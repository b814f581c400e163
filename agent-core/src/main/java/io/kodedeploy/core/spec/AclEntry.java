package io.kodedeploy.core.spec;

/**
 * One access control entry in canonical parts.
 *
 * @param defaultEntry whether it is inherited by what is created below
 * @param type {@code user}, {@code group}, {@code mask} or {@code other}
 * @param name account or group, empty for the base entries
 * @param permissions three characters such as {@code r-x}
 */
public record AclEntry(boolean defaultEntry, String type, String name, String permissions) {

  /** Whether it is about one named user or group. */
  public boolean named() {
    return !name.isEmpty();
  }

  /** The form of the instruction file and of {@code setfacl}. */
  @Override
  public String toString() {
    return (defaultEntry ? "default:" : "") + type + ":" + name + ":" + permissions;
  }
}
