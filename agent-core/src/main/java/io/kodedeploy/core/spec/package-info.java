/**
 * What a deployment says: the signed deployment specification and the AppSpec of a revision, parsed
 * and checked. Pure values and functions: nothing here touches disk or network.
 */
@NullMarked
package io.kodedeploy.core.spec;

import org.jspecify.annotations.NullMarked;
