/**
 * Bundles: what is in them, and their reproducible zip. Reads a source folder, never writes to it.
 */
@NullMarked
package io.kodedeploy.cli.bundle;

import org.jspecify.annotations.NullMarked;
