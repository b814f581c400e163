/** The AWS clients of the command line, and the words for their failures. */
@NullMarked
package io.kodedeploy.cli.aws;

import org.jspecify.annotations.NullMarked;
