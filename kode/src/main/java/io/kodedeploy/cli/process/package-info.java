/** Our own programs as child processes: started as in production, and never left behind. */
@NullMarked
package io.kodedeploy.cli.process;

import org.jspecify.annotations.NullMarked;
