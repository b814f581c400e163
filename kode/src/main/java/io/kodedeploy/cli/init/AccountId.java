package io.kodedeploy.cli.init;

import io.kodedeploy.cli.aws.Aws;
import software.amazon.awssdk.arns.Arn;

/**
 * The account that the caller works in.
 *
 * @param partition {@code aws}, {@code aws-cn}, ...
 * @param id twelve digits
 */
record AccountId(String partition, String id) {
  static AccountId of(Aws aws) {
    var arn = Arn.fromString(aws.sts().getCallerIdentity().arn());
    return new AccountId(arn.partition(), arn.accountId().orElseThrow());
  }

  /** The one session of a host's role: what CodeDeploy knows the host by. */
  String sessionArn(String name) {
    return "arn:" + partition + ":sts::" + id + ":assumed-role/" + name + "/" + name;
  }

  String roleArn(String name) {
    return "arn:" + partition + ":iam::" + id + ":role" + HostRole.PATH + name;
  }

  String userArn(String name) {
    return "arn:" + partition + ":iam::" + id + ":user" + HostUser.PATH + name;
  }
}
