package io.kodedeploy.namespace.catchup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kodedeploy.core.spec.BundleType;
import io.kodedeploy.core.spec.Revision;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatchUpDecisionTest {
  private static final HostTags HOST = HostTags.of("prod", "green", "shop");
  private static final TagRule ENVIRONMENT = new TagRule.Pair("kodedeployenv", "prod");
  private static final TagRule NAMESPACE = new TagRule.Pair("kodedeployns", "shop");
  private static final TagRule CLUSTER = new TagRule.Pair("kodedeploycluster", "green");
  private static final TagSelection EVERY_CLUSTER =
      new TagSelection(List.of(List.of(ENVIRONMENT), List.of(NAMESPACE)), List.of());
  private static final TagSelection THIS_CLUSTER =
      new TagSelection(
          List.of(List.of(ENVIRONMENT), List.of(NAMESPACE), List.of(CLUSTER)), List.of());
  private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");

  private static GroupState group(
      String name, TagSelection selection, String deployment, int minute, boolean running) {
    return new GroupState(
        "web",
        name,
        "id-" + name,
        selection,
        deployment.isEmpty()
            ? Optional.empty()
            : Optional.of(new GroupState.Deployment(deployment, T.plusSeconds(60L * minute))),
        running);
  }

  private static Wanted wanted(GroupState... groups) {
    return Wanted.of(List.of(groups), HOST).get("web");
  }

  private static Revision revision(String eTag) {
    return new Revision.S3(
        "b",
        "k.zip",
        BundleType.ZIP,
        Optional.empty(),
        Optional.of(eTag).filter(e -> !e.isEmpty()));
  }

  private static Installation.Installed installed(String deployment, String eTag, int minute) {
    return new Installation.Installed(
        RevisionIdentity.of(revision(eTag)),
        deployment,
        "prod-shop",
        "",
        T.plusSeconds(60L * minute));
  }

  private static Installation.Attempt attempt(String deployment, String eTag) {
    return new Installation.Attempt(
        RevisionIdentity.of(revision(eTag)), deployment, "Install", "not-ready", "why", T);
  }

  @Test
  void tagSetIsAnAndOfOrs() {
    var selection =
        new TagSelection(
            List.of(
                List.of(new TagRule.Pair("kodedeployenv", "test"), ENVIRONMENT),
                List.of(NAMESPACE)),
            List.of());

    assertThat(selection.selects(HOST)).isTrue();
    assertThat(selection.selects(HostTags.of("prod", "green", "other"))).isFalse();
    assertThat(selection.selects(HostTags.of("stage", "green", "shop"))).isFalse();
  }

  @Test
  void flatFiltersAreAnOr() {
    var selection = new TagSelection(List.of(), List.of(ENVIRONMENT, NAMESPACE));

    assertThat(selection.selects(HostTags.of("stage", "x", "shop"))).isTrue();
    assertThat(selection.selects(HostTags.of("stage", "x", "other"))).isFalse();
  }

  @Test
  void groupWithoutRulesSelectsNobody() {
    assertThat(new TagSelection(List.of(), List.of()).selects(HOST)).isFalse();
    assertThat(new TagSelection(List.of(List.of()), List.of()).selects(HOST)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "kodedeployenv,,KEY_ONLY,true",
    "other,,KEY_ONLY,false",
    ",shop,VALUE_ONLY,true",
    ",Shop,VALUE_ONLY,false",
    "kodedeployns,shop,KEY_AND_VALUE,true",
    "kodedeployns,prod,KEY_AND_VALUE,false",
    "kodedeployns,prod,,false",
    "kodedeployns,,,true",
    ",shop,,true",
  })
  void filtersMatchByTheirType(String key, String value, String type, boolean expected) {
    var rule =
        TagRule.of(Optional.ofNullable(key), Optional.ofNullable(value), Optional.ofNullable(type));

    assertThat(rule.orElseThrow().matches(HOST.asMap())).isEqualTo(expected);
  }

  @Test
  void filterWithoutKeyAndValueIsNone() {
    assertThat(TagRule.of(Optional.empty(), Optional.empty(), Optional.empty())).isEmpty();
  }

  @Test
  void groupsOfOthersBringNothing() {
    var other =
        new TagSelection(List.of(List.of(new TagRule.Pair("kodedeployns", "x"))), List.of());

    assertThat(Wanted.of(List.of(group("prod-x", other, "d-1", 1, false)), HOST)).isEmpty();
    assertThat(Wanted.of(List.of(group("prod-shop", EVERY_CLUSTER, "", 1, false)), HOST)).isEmpty();
  }

  @Test
  void clustersGroupPinsUntilTheEnvironmentMovesPastIt() {
    var environment = group("prod-shop", EVERY_CLUSTER, "d-1", 1, false);
    var canary = group("prod-shop-green", THIS_CLUSTER, "d-2", 2, false);
    var later = group("prod-shop", EVERY_CLUSTER, "d-3", 3, false);

    assertThat(wanted(environment, canary))
        .satisfies(
            w -> {
              assertThat(w.deploymentId()).isEqualTo("d-2");
              assertThat(w.pinned()).isTrue();
            });
    assertThat(wanted(later, canary))
        .satisfies(
            w -> {
              assertThat(w.deploymentId()).isEqualTo("d-3");
              assertThat(w.pinned()).isFalse();
            });
  }

  @Test
  void anyRunningDeploymentOfItsGroupsMakesAnApplicationWait() {
    var wanted =
        wanted(
            group("prod-shop", EVERY_CLUSTER, "d-1", 1, false),
            group("prod-shop-green", THIS_CLUSTER, "", 0, true));

    assertThat(Decision.of(wanted, Optional.empty(), Installation.none("web")))
        .isInstanceOf(Decision.Busy.class);
  }

  @Test
  void whatIsNotHereIsBehind() {
    var wanted = wanted(group("prod-shop", EVERY_CLUSTER, "d-1", 1, false));
    var older = Installation.none("web").with(installed("d-0", "old", 0));

    assertThat(Decision.of(wanted, Optional.of(revision("new")), Installation.none("web")))
        .isInstanceOf(Decision.Behind.class);
    assertThat(Decision.of(wanted, Optional.of(revision("new")), older))
        .isInstanceOf(Decision.Behind.class);
  }

  @Test
  void sameDeploymentOrSameContentIsCurrent() {
    var wanted = wanted(group("prod-shop", EVERY_CLUSTER, "d-1", 1, false));

    assertThat(
            Decision.of(
                wanted, Optional.empty(), Installation.none("web").with(installed("d-1", "e", 0))))
        .isInstanceOf(Decision.Current.class);
    assertThat(
            Decision.of(
                wanted,
                Optional.of(revision("e")),
                Installation.none("web").with(installed("d-0", "e", 0))))
        .isInstanceOf(Decision.Current.class);
  }

  @Test
  void samePlaceWithoutVersionOrETagMayBeAnotherBundle() {
    var wanted = wanted(group("prod-shop", EVERY_CLUSTER, "d-1", 1, false));

    assertThat(
            Decision.of(
                wanted,
                Optional.of(revision("")),
                Installation.none("web").with(installed("d-0", "", 0))))
        .isInstanceOf(Decision.Behind.class);
  }

  @Test
  void revisionThatFailedHereIsNotRetriedUntilItChanges() {
    var wanted = wanted(group("prod-shop", EVERY_CLUSTER, "d-1", 1, false));
    var here =
        Installation.none("web").with(installed("d-0", "old", 0)).with(attempt("d-1", "new"));

    assertThat(Decision.of(wanted, Optional.empty(), here)).isInstanceOf(Decision.Failed.class);
    var changed = wanted(group("prod-shop", EVERY_CLUSTER, "d-2", 2, false));
    assertThat(Decision.of(changed, Optional.of(revision("newer")), here))
        .isInstanceOf(Decision.Behind.class);
  }

  @Test
  void laterAttemptThatFailedIsReportedThoughTheWantedRevisionWasHere() {
    var wanted = wanted(group("prod-shop", EVERY_CLUSTER, "d-0", 0, false));
    var here =
        Installation.none("web").with(installed("d-0", "old", 0)).with(attempt("d-1", "new"));

    assertThat(Decision.of(wanted, Optional.empty(), here)).isInstanceOf(Decision.Failed.class);
  }

  @Test
  void installationSurvivesItsOwnText() {
    var here =
        Installation.none("web").with(installed("d-0", "old", 0)).with(attempt("d-1", "new"));

    assertThat(Installation.parse(here.text())).contains(here);
    assertThat(Installation.parse("{\"application\":\"web\",\"installed\":{\"at\":\"x\"}}"))
        .isEmpty();
    assertThat(Installation.parse("")).isEmpty();
  }

  @Test
  void aPausedInstanceIsAwayAndKeepsTheTagsItWillHaveAgain() {
    var paused =
        Membership.of(
            Map.of(
                "kodedeploypaused", "prod", "kodedeploycluster", "green", "kodedeployns", "shop"),
            HOST);

    assertThat(paused.takesPart()).isFalse();
    assertThat(paused.remedy()).contains("kode cluster resume --environment prod --cluster green");
    assertThat(paused.tags()).isEqualTo(HOST);
  }

  @Test
  void theTagsOfTheInstanceCountNotThoseOfTheSettings() {
    var moved =
        Membership.of(
            Map.of(
                "kodedeployenv",
                "stage",
                "kodedeploycluster",
                "green",
                "kodedeployns",
                "shop",
                "team",
                "a"),
            HOST);

    assertThat(moved.takesPart()).isTrue();
    assertThat(moved.tags().asMap()).containsEntry("kodedeployenv", "stage").containsKey("team");
  }
}
