/** Case files that carry the ids of host-agent.md section 16. */
@NullMarked
package io.kodedeploy.cli.conformance;

import org.jspecify.annotations.NullMarked;
