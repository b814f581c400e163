/** Settings as checked records. Uses nothing else of ours. */
@NullMarked
package io.kodedeploy.core.config;

import org.jspecify.annotations.NullMarked;
