/**
 * Carries a plan out in the namespace: writes what differs, waits until it is ready, prunes what
 * left the bundle. Decisions are made in {@code manifest}, calls go through {@code cluster}.
 */
@NullMarked
package io.kodedeploy.namespace.apply;

import org.jspecify.annotations.NullMarked;
