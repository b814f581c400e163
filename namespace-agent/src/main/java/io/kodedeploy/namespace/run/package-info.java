/**
 * An image and a command as a Job of the namespace: the {@code kodedeploy.run} section, the {@code
 * docker run} of hook scripts, the delivery of a bundle's files into such a Job. What a Job looks
 * like and how its state is read are pure values here; what a bundle applies belongs to {@code
 * apply}.
 */
@NullMarked
package io.kodedeploy.namespace.run;

import org.jspecify.annotations.NullMarked;
