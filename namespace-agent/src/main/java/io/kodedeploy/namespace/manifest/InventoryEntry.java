package io.kodedeploy.namespace.manifest;

/**
 * An object that was or may have been written.
 *
 * @param apiVersion it was written with
 * @param key its identity
 * @param mark by what it is known to be unchanged; {@link ObjectMark#UNKNOWN} before it was written
 */
public record InventoryEntry(String apiVersion, ObjectKey key, ObjectMark mark) {}
