/** Health, metrics and status over HTTP. The only package that knows Helidon. */
@NullMarked
package io.kodedeploy.core.observe;

import org.jspecify.annotations.NullMarked;
