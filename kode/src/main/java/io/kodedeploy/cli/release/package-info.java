/**
 * {@code kode release cluster}: one state machine, journalled before every change with its inverse.
 * First topology of the design: one in-place group with traffic control for each cluster, each with
 * a target group of its own behind one listener rule.
 */
@NullMarked
package io.kodedeploy.cli.release;

import org.jspecify.annotations.NullMarked;
