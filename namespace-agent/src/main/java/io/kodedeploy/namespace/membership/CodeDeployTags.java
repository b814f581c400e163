package io.kodedeploy.namespace.membership;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.core.identity.HostIdentity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.codedeploy.CodeDeployClient;
import software.amazon.awssdk.services.codedeploy.model.InstanceNotRegisteredException;
import software.amazon.awssdk.services.codedeploy.model.Tag;

/** The tags that CodeDeploy keeps. */
final class CodeDeployTags implements InstanceTags, AutoCloseable {
  private final CodeDeployClient client;

  CodeDeployTags(HostIdentity identity) {
    client =
        CodeDeployClient.builder()
            .region(Region.of(identity.region()))
            .credentialsProvider(identity.credentials())
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .overrideConfiguration(
                c ->
                    c.apiCallTimeout(Duration.ofSeconds(30))
                        .apiCallAttemptTimeout(Duration.ofSeconds(15)))
            .build();
  }

  @Override
  public Optional<Map<String, String>> of(String instance) {
    try {
      var info =
          call(() -> client.getOnPremisesInstance(r -> r.instanceName(instance))).instanceInfo();
      return info.deregisterTime() != null
          ? Optional.empty()
          : Optional.of(info.tags().stream().collect(Collectors.toMap(Tag::key, Tag::value)));
    } catch (InstanceNotRegisteredException _) {
      return Optional.empty();
    }
  }

  @Override
  public void add(String instance, Map<String, String> tags) {
    call(
        () -> client.addTagsToOnPremisesInstances(r -> r.instanceNames(instance).tags(list(tags))));
  }

  @Override
  public void remove(String instance, Map<String, String> tags) {
    call(
        () ->
            client.removeTagsFromOnPremisesInstances(
                r -> r.instanceNames(instance).tags(list(tags))));
  }

  private static List<Tag> list(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(tag -> Tag.builder().key(tag.getKey()).value(tag.getValue()).build())
        .toList();
  }

  private static <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (InstanceNotRegisteredException e) {
      throw e;
    } catch (AwsServiceException e) {
      var code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
      throw new AgentException(
          List.of("AccessDeniedException", "AccessDenied").contains(code)
              ? ErrorCode.SERVICE_DENIED
              : ErrorCode.SERVICE_ERROR,
          "CodeDeploy answered " + code + ": " + e.getMessage(),
          e);
    } catch (SdkException e) {
      throw new AgentException(
          ErrorCode.SERVICE_UNREACHABLE, "CodeDeploy cannot be asked: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
