package io.kodedeploy.namespace.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.membership.ClusterMembership.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final Map<String, String> WAITING =
      Map.of("kodedeploycluster", "green", "kodedeployns", "shop");
  private static final Map<String, String> MEMBER =
      Map.of("kodedeployenv", "prod", "kodedeploycluster", "green", "kodedeployns", "shop");
  private static final Map<String, String> PAUSED =
      Map.of("kodedeploypaused", "prod", "kodedeploycluster", "green", "kodedeployns", "shop");

  private final Tags tags = new Tags();
  private final ClusterMembership membership = new ClusterMembership(tags, "prod", "green");
  private final Map<String, String> problems = new HashMap<>();
  private final List<String> words = new ArrayList<>();

  private JoinRound round(String... namespaces) {
    return new JoinRound(
        membership,
        Set.of(namespaces),
        namespace -> Optional.ofNullable(problems.get(namespace)),
        words::add);
  }

  @Test
  void aHostJoinsWhenItsAgentIsReadyAndNotBefore() {
    tags.all.put("prod-green-shop", WAITING);
    problems.put("shop", "its agent is not ready: no poll was answered yet");
    var round = round("shop");

    assertThat(round.run()).isFalse();
    assertThat(round.run()).isFalse();
    assertThat(tags.all).containsEntry("prod-green-shop", WAITING);
    problems.clear();
    assertThat(round.run()).isTrue();

    assertThat(tags.all).containsEntry("prod-green-shop", MEMBER);
    assertThat(words)
        .containsExactly(
            "prod-green-shop waits: its agent is not ready: no poll was answered yet",
            "prod-green-shop joined: deployments reach it from now on");
  }

  @Test
  void oneHostThatWaitsKeepsNoOtherWaiting() {
    tags.all.put("prod-green-cart", WAITING);
    tags.all.put("prod-green-shop", WAITING);
    problems.put("cart", "its agent does not answer");

    assertThat(round("cart", "shop").run()).isFalse();

    assertThat(tags.all.get("prod-green-shop")).containsKey("kodedeployenv");
    assertThat(tags.all).containsEntry("prod-green-cart", WAITING);
  }

  @Test
  void anOperatorsPauseIsNotUndone() {
    tags.all.put("prod-green-shop", PAUSED);

    assertThat(round("shop").run()).isTrue();

    assertThat(tags.all).containsEntry("prod-green-shop", PAUSED);
    assertThat(words).singleElement().asString().contains("paused", "kode cluster resume");
  }

  @Test
  void aHostThatIsNotRegisteredIsWaitedFor() {
    var round = round("shop");

    assertThat(round.run()).isFalse();
    tags.all.put("prod-green-shop", WAITING);
    assertThat(round.run()).isTrue();

    assertThat(words.getFirst()).contains("kode init");
  }

  @Test
  void whatTheServiceRefusesIsSaidAndTriedAgain() {
    tags.all.put("prod-green-shop", WAITING);
    tags.refusal = Optional.of("User is not authorized to perform codedeploy:AddTags");
    var round = round("shop");

    assertThat(round.run()).isFalse();
    tags.refusal = Optional.empty();
    assertThat(round.run()).isTrue();

    assertThat(words.getFirst()).contains("service-denied", "codedeploy:AddTags");
  }

  @Test
  void aHostThatLeavesIsStillKnownByClusterAndNamespace() {
    tags.all.put("prod-green-shop", MEMBER);

    assertThat(membership.leave("shop")).isEqualTo(Outcome.LEFT);
    assertThat(tags.all).containsEntry("prod-green-shop", WAITING);
    assertThat(membership.leave("shop")).isEqualTo(Outcome.UNCHANGED);
    assertThat(membership.leave("gone")).isEqualTo(Outcome.UNREGISTERED);
  }

  /** What CodeDeploy keeps. */
  private static final class Tags implements InstanceTags {
    final Map<String, Map<String, String>> all = new HashMap<>();
    Optional<String> refusal = Optional.empty();

    @Override
    public Optional<Map<String, String>> of(String instance) {
      return Optional.ofNullable(all.get(instance));
    }

    @Override
    public void add(String instance, Map<String, String> tags) {
      refusal.ifPresent(
          text -> {
            throw new AgentException(ErrorCode.SERVICE_DENIED, text, null);
          });
      all.computeIfPresent(
          instance,
          (_, before) -> {
            var after = new HashMap<>(before);
            after.putAll(tags);
            return after;
          });
    }

    @Override
    public void remove(String instance, Map<String, String> tags) {
      all.computeIfPresent(
          instance,
          (_, before) -> {
            var after = new HashMap<>(before);
            tags.forEach(after::remove);
            return after;
          });
    }
  }
}
