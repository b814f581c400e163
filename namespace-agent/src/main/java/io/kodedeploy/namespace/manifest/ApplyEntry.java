package io.kodedeploy.namespace.manifest;

import java.time.Duration;

/**
 * One element of {@code kodedeploy.apply}.
 *
 * @param path directory or file inside the bundle, as written
 * @param event lifecycle event in which it is applied, {@code Install} unless given
 * @param readyWithin how long its objects may take to become ready
 * @param force take fields over from other managers instead of reporting a conflict
 * @param position file, line and key, for errors about the path
 */
public record ApplyEntry(
    String path, String event, Duration readyWithin, boolean force, String position) {}
