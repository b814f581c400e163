package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.namespace.manifest.ApplyPlan.StagePlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApplyPlanTest {
  private static final ApplyTarget TARGET = new ApplyTarget("web", "shop", false);

  private static ApplyPlan plan(String... kindsAndNames) {
    var text = new StringBuilder();
    for (var each : kindsAndNames) {
      var part = each.split("/", -1);
      text.append(
          "---\n{apiVersion: %s, kind: %s, metadata: {name: %s}}\n"
              .formatted(part[0].replace('+', '/'), part[1], part[2]));
    }
    var objects = ManifestReader.read(List.of(new ManifestFile("a.yaml", text.toString())), "shop");
    return ApplyPlan.of(
        objects,
        TARGET,
        (apiVersion, kind) ->
            kind.equals("Unknown")
                ? Optional.empty()
                : Optional.of(
                    new ResourceType("", "v1", kind, kind + "s", !kind.equals("Namespace"))));
  }

  @Test
  void writesPrerequisitesThenWorkloadsThenTheRestAndKeepsTheOrderOfTheBundle() {
    var plan =
        plan(
            "example.org+v1/Widget/w",
            "apps+v1/Deployment/b",
            "v1/ConfigMap/z",
            "v1/Service/s",
            "apps+v1/Deployment/a",
            "v1/ConfigMap/a",
            "v1/ServiceAccount/sa",
            "networking.k8s.io+v1/Ingress/i",
            "example.org+v1/Secret/custom");

    assertThat(plan.stages())
        .extracting(stage -> stage.stage())
        .containsExactly(Stage.PREREQUISITES, Stage.WORKLOADS, Stage.REST);
    assertThat(plan.objects())
        .extracting(object -> object.key().kind() + "/" + object.key().name())
        .containsExactly(
            "ServiceAccount/sa",
            "ConfigMap/z",
            "ConfigMap/a",
            "Service/s",
            "Deployment/b",
            "Deployment/a",
            "Widget/w",
            "Ingress/i",
            "Secret/custom");
  }

  @Test
  void labelsObjectsWithTheirApplication() {
    var object = plan("v1/ConfigMap/a").objects().getFirst();

    assertThat(object.json().path("metadata").path("labels").toString())
        .isEqualTo("{\"kodedeploy.io/application\":\"web\"}");
    assertThat(object.object().json().path("metadata").has("labels")).isFalse();
  }

  @Test
  void refusesKindsThatTheClusterDoesNotServeAndObjectsOfTheWholeCluster() {
    assertThatThrownBy(() -> plan("example.org+v1/Unknown/a", "v1/Namespace/other"))
        .hasMessage(
            "a.yaml:2: this cluster serves no kind Unknown of example.org/v1\n"
                + "a.yaml:4: Namespace/other belongs to the whole cluster, this agent serves only"
                + " the namespace \"shop\" (apply.cluster-scope is off)");
  }

  @Test
  void writesDefinitionsAndWhatElseBelongsToTheClusterFirstWhenThatIsAllowed() {
    var definition =
        """
        {apiVersion: example.org/v1, kind: Widget, metadata: {name: w}}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.org, namespace: shop}
        spec:
          group: example.org
          scope: Namespaced
          names: {kind: Widget, plural: widgets}
          versions: [{name: v1, served: true}, {name: v0, served: false}]
        """;
    var objects = ManifestReader.read(List.of(new ManifestFile("a.yaml", definition)), "shop");
    var defined = DefinedKinds.in(objects);

    var plan =
        ApplyPlan.of(
            objects,
            new ApplyTarget("web", "shop", true),
            (apiVersion, kind) ->
                defined
                    .find(apiVersion, kind)
                    .or(
                        () ->
                            Optional.of(
                                new ResourceType(
                                    "apiextensions.k8s.io", "v1", kind, "crds", false))));

    assertThat(plan.stages())
        .extracting(StagePlan::stage)
        .containsExactly(Stage.DEFINITIONS, Stage.REST);
    assertThat(plan.objects())
        .extracting(PlannedObject::path)
        .containsExactly(
            "/apis/apiextensions.k8s.io/v1/crds/widgets.example.org",
            "/apis/example.org/v1/namespaces/shop/widgets/w");
    var metadata = plan.objects().getFirst().json().path("metadata");
    assertThat(metadata.has("namespace")).isFalse();
    assertThat(metadata.path("labels").path("kodedeploy.io/namespace").asString())
        .isEqualTo("shop");
    assertThat(defined.find("example.org/v0", "Widget")).isEmpty();
  }

  @Test
  void sendsTextsOfASecretAsItsDataSoThatTheServerKnowsWhoWroteThem() {
    var secret =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: key}
        data: {a: b2xk, b: Yg==}
        stringData: {a: new}
        """;
    var plan =
        ApplyPlan.of(
            ManifestReader.read(List.of(new ManifestFile("a.yaml", secret)), "shop"),
            TARGET,
            (_, kind) -> Optional.of(new ResourceType("", "v1", kind, "secrets", true)));

    var json = plan.objects().getFirst().json();
    assertThat(json.path("data").toString()).isEqualTo("{\"a\":\"bmV3\",\"b\":\"Yg==\"}");
    assertThat(json.has("stringData")).isFalse();
  }
}
