package io.kodedeploy.namespace.manifest;

/**
 * One file of the bundle.
 *
 * @param name path inside the bundle, with slashes: what messages show
 * @param text its whole content
 */
public record ManifestFile(String name, String text) {}
