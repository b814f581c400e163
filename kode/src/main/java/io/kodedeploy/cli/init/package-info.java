/** {@code kode init}: makes one namespace of one cluster a host of CodeDeploy. */
@NullMarked
package io.kodedeploy.cli.init;

import org.jspecify.annotations.NullMarked;
