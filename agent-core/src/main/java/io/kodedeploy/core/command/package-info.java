/**
 * A host at work: polls, acknowledges, executes and reports commands, and what an agent may add to
 * an event.
 *
 * <p>{@code Host} wires everything, therefore the arrow runs from here to {@code protocol}, {@code
 * identity}, {@code store}, {@code spec}, {@code bundle}, {@code install} and {@code hook}; none of
 * them knows this package. They take the name of an event as text. A step's failure is reported
 * with code 4 and the step's name.
 */
@NullMarked
package io.kodedeploy.core.command;

import org.jspecify.annotations.NullMarked;
