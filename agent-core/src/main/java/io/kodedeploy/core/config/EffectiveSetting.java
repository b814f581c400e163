package io.kodedeploy.core.config;

/**
 * A setting as it took effect, for the log at start. Secrets are masked already.
 *
 * @param key as the operator writes it
 * @param value as text
 * @param origin the file or environment variable, or {@code default}
 */
public record EffectiveSetting(String key, String value, String origin) {}
