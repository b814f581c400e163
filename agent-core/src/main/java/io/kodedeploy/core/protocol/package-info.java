/**
 * The signed calls to the host command service: one class per operation, one caller that sends,
 * signs and words errors. Wire records stay in here; callers see domain records. The client stands
 * on the JDK's HTTP alone: the SDK's signer always adds {@code x-amz-content-sha256}, so that the
 * signing vectors could not be reproduced with it, and costs 11 MB.
 */
@NullMarked
package io.kodedeploy.core.protocol;

import org.jspecify.annotations.NullMarked;
