package io.kodedeploy.core.identity;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/** Credentials that somebody rotates, so that the source may have newer ones than we hold. */
interface RenewableCredentials extends AwsCredentialsProvider {
  /** Asks the source again at the next use, if those are still the ones that are held. */
  void renew(AwsCredentials refused);
}
