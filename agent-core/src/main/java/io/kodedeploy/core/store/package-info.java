/** Names of everything on disk, and atomic writes. Knows nothing of what the files mean. */
@NullMarked
package io.kodedeploy.core.store;

import org.jspecify.annotations.NullMarked;
