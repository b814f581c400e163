/** JSON as trees of values. Uses nothing of ours; what the members mean is the caller's. */
@NullMarked
package io.kodedeploy.core.json;

import org.jspecify.annotations.NullMarked;
