/** Failures an operator can meet: their stable ids and remedies. Uses nothing else of ours. */
@NullMarked
package io.kodedeploy.core.error;

import org.jspecify.annotations.NullMarked;
