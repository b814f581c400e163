/** {@code kode agent}: the host without Kubernetes, in place of the official agent. */
@NullMarked
package io.kodedeploy.cli.agent;

import org.jspecify.annotations.NullMarked;
