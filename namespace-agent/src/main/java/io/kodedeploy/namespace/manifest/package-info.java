/**
 * What a bundle wants in its namespace, as values: files to objects, objects to a plan, the rules
 * of readiness, the inventory. Pure: no file, no socket, no clock.
 */
@NullMarked
package io.kodedeploy.namespace.manifest;

import org.jspecify.annotations.NullMarked;
