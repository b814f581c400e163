/**
 * What a command and its user say to each other: errors with stable ids, progress, results, exit
 * codes. Knows nothing of AWS.
 */
@NullMarked
package io.kodedeploy.cli.console;

import org.jspecify.annotations.NullMarked;
