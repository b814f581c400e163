/** What hosts publish about themselves in the bucket, as the command line reads it. */
@NullMarked
package io.kodedeploy.cli.record;

import org.jspecify.annotations.NullMarked;
