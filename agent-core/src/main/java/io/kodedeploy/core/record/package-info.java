/**
 * The host record: what a host publishes about itself to the bucket, for people and tools that have
 * no access to its cluster. Writing never harms the agent: what fails is logged, counted and tried
 * again.
 */
@NullMarked
package io.kodedeploy.core.record;

import org.jspecify.annotations.NullMarked;
