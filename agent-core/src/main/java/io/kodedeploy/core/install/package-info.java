/**
 * Install: what an AppSpec copies and sets, first as a plan that is only a value, then carried out
 * and noted so that the next Install can take it back (host-agent.md 9).
 */
@NullMarked
package io.kodedeploy.core.install;

import org.jspecify.annotations.NullMarked;
