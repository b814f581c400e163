package io.kodedeploy.namespace.manifest;

/**
 * An object that was or may have been written.
 *
 * @param apiVersion it was written with
 * @param key its identity
 */
public record InventoryEntry(String apiVersion, ObjectKey key) {}
