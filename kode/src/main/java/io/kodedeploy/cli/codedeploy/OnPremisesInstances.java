package io.kodedeploy.cli.codedeploy;

import io.kodedeploy.cli.aws.Aws;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.codedeploy.model.InstanceInfo;
import software.amazon.awssdk.services.codedeploy.model.ListOnPremisesInstancesRequest;
import software.amazon.awssdk.services.codedeploy.model.RegistrationStatus;
import software.amazon.awssdk.services.codedeploy.model.TagFilter;
import software.amazon.awssdk.services.codedeploy.model.TagFilterType;

/** The registered on-premises instances of the account. */
public final class OnPremisesInstances {
  /** What one BatchGetOnPremisesInstances takes (codedeploy-service.md 1.6, the lower figure). */
  private static final int BATCH = 25;

  private final Aws aws;

  /** Those of this account and region. */
  public OnPremisesInstances(Aws aws) {
    this.aws = aws;
  }

  /** Those that have all of these tags. */
  public List<InstanceInfo> tagged(Map<String, String> tags) {
    var names = names(tags);
    var infos = new ArrayList<InstanceInfo>();
    for (int from = 0; from < names.size(); from += BATCH) {
      var some = names.subList(from, Math.min(from + BATCH, names.size()));
      infos.addAll(
          aws.codeDeploy()
              .batchGetOnPremisesInstances(request -> request.instanceNames(some))
              .instanceInfos());
    }
    return infos;
  }

  private List<String> names(Map<String, String> tags) {
    var filters =
        tags.entrySet().stream()
            .map(
                tag ->
                    TagFilter.builder()
                        .key(tag.getKey())
                        .value(tag.getValue())
                        .type(TagFilterType.KEY_AND_VALUE)
                        .build())
            .toList();
    var names = new ArrayList<String>();
    String token = null;
    do {
      var request =
          ListOnPremisesInstancesRequest.builder()
              .registrationStatus(RegistrationStatus.REGISTERED)
              .tagFilters(filters)
              .nextToken(token)
              .build();
      var page = aws.codeDeploy().listOnPremisesInstances(request);
      names.addAll(page.instanceNames());
      token = page.nextToken();
    } while (token != null && !token.isEmpty());
    return names;
  }
}
