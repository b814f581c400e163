package io.kodedeploy.core.spec;

/**
 * One entry of the AppSpec's {@code files}.
 *
 * @param source path inside the archive; a leading slash is harmless
 * @param destination directory on the host
 */
public record FileMapping(String source, String destination) {}
