/**
 * The command service that hosts poll ({@code codedeploy-commands}): wire format, signed
 * specifications, and the check that a caller is the host it names.
 */
@NullMarked
package io.kodedeploy.simulator.commands;

import org.jspecify.annotations.NullMarked;
