/**
 * The signed calls to the host command service. Wire records stay in here; callers see domain
 * records.
 */
@NullMarked
package io.kodedeploy.core.protocol;

import org.jspecify.annotations.NullMarked;
