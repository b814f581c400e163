/** What the commands share on the command line, and what surrounds a run. */
@NullMarked
package io.kodedeploy.cli.options;

import org.jspecify.annotations.NullMarked;
