/**
 * S3: buckets, versions, multipart uploads. Contents are files in a temporary folder, so large
 * objects cost no memory. Not here: access control, encryption, life cycle rules, tags.
 */
@NullMarked
package io.kodedeploy.simulator.s3;

import org.jspecify.annotations.NullMarked;
