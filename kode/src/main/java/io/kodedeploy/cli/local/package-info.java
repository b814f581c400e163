/** {@code kode local}: a deployment on this machine without CodeDeploy (host-agent.md 12). */
@NullMarked
package io.kodedeploy.cli.local;

import org.jspecify.annotations.NullMarked;
