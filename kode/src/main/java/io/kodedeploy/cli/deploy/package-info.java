/** {@code kode deploy}. */
@NullMarked
package io.kodedeploy.cli.deploy;

import org.jspecify.annotations.NullMarked;
