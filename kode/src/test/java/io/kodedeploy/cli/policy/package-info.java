/** The policy documents of {@code iam/} against the calls that the classes make. */
@NullMarked
package io.kodedeploy.cli.policy;

import org.jspecify.annotations.NullMarked;
