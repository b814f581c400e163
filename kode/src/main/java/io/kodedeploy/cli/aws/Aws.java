package io.kodedeploy.cli.aws;

import software.amazon.awssdk.services.autoscaling.AutoScalingClient;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;

/** The services the commands talk to. Clients belong to this object and end with it. */
public interface Aws extends AutoCloseable {
  /** AWS CodeDeploy. */
  CodeDeployClient codeDeploy();

  /** Amazon S3. */
  S3Client s3();

  /** AWS Identity and Access Management. */
  IamClient iam();

  /** AWS Security Token Service. */
  StsClient sts();

  /** Elastic Load Balancing, version 2. */
  ElasticLoadBalancingV2Client loadBalancing();

  /** Amazon EC2 Auto Scaling. */
  AutoScalingClient autoScaling();

  /** The region of the clients. */
  String region();

  @Override
  void close();
}
