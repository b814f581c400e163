/** Who this host is: instance metadata or the on-premises file, region and credentials. */
@NullMarked
package io.kodedeploy.core.identity;

import org.jspecify.annotations.NullMarked;
