/** The host record: what a host publishes about itself to the bucket. */
@NullMarked
package io.kodedeploy.core.record;

import org.jspecify.annotations.NullMarked;
