package io.kodedeploy.namespace.run;

import java.time.Duration;

/**
 * One element of {@code kodedeploy.run}.
 *
 * @param event lifecycle event in which it runs
 * @param workload image, command and what goes with them
 * @param timeout from the Job's start, the pull of the image included, to its end
 * @param position file, line and key, for errors
 */
record RunEntry(String event, Workload workload, Duration timeout, String position) {}
