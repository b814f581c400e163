package io.kodedeploy.cli.demo;

import java.time.Duration;

/**
 * What the user chose.
 *
 * @param port of the simulator, 0 for any free one
 * @param keep whether everything stays until Ctrl-C
 * @param load how long the load runs at least
 */
record DemoOptions(int port, boolean keep, Duration load) {}
