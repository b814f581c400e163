/**
 * Brings a namespace to what its deployment groups say, when CodeDeploy itself would not: after the
 * cluster is new or was away. Only reads from CodeDeploy. Decisions are pure functions over
 * records; {@code GroupReader} makes the calls, {@code CatchUp} runs the loop.
 */
@NullMarked
package io.kodedeploy.namespace.catchup;

import org.jspecify.annotations.NullMarked;
