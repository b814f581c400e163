/** Clusters that come and go: pause, resume and retire their hosts without reaching them. */
@NullMarked
package io.kodedeploy.cli.cluster;

import org.jspecify.annotations.NullMarked;
