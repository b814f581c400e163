/**
 * Revisions and deployments as every command handles them: push, create, watch, and judge by every
 * target.
 */
@NullMarked
package io.kodedeploy.cli.codedeploy;

import org.jspecify.annotations.NullMarked;
