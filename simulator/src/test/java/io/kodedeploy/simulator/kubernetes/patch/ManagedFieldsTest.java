package io.kodedeploy.simulator.kubernetes.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Expected ownership records and messages were taken from an API server of Kubernetes 1.34.4. */
class ManagedFieldsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String DEPLOYMENT =
      """
      {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"demo"},
       "spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
         "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"web",
           "image":"example.invalid/web:1","ports":[{"containerPort":8080}],
           "env":[{"name":"VERSION","value":"1"}]}]}}}}\
      """;

  private final ManagedFields deployments =
      new ManagedFields(FieldSchema.ofKind("Deployment"), NOW);
  private final ManagedFields maps = new ManagedFields(FieldSchema.ofKind("ConfigMap"), NOW);
  private final Manager first = Manager.applying("first", "v1", "");
  private final Manager second = Manager.applying("second", "v1", "");

  @Test
  void recordsTheFieldsOfAnApplyAsTheRealServerDoes() {
    var applied =
        deployments.apply(
            json("{}"), json(DEPLOYMENT), Manager.applying("first", "apps/v1", ""), false);

    assertThat(applied.path("metadata").path("managedFields").path(0))
        .isEqualTo(
            json(
                """
                {"apiVersion":"apps/v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{
                "f:replicas":{},"f:selector":{},"f:template":{"f:metadata":{"f:labels":{
                "f:app":{}}},"f:spec":{"f:containers":{"k:{\\"name\\":\\"web\\"}":{".":{},
                "f:env":{"k:{\\"name\\":\\"VERSION\\"}":{".":{},"f:name":{},"f:value":{}}},
                "f:image":{},"f:name":{},"f:ports":{
                "k:{\\"containerPort\\":8080,\\"protocol\\":\\"TCP\\"}":{".":{},
                "f:containerPort":{}}}}}}}}},"manager":"first","operation":"Apply",
                "time":"2026-01-01T00:00:00Z"}\
                """));
  }

  @Test
  void namesManagerAndFieldOfASingleConflict() {
    var live =
        deployments.apply(
            json("{}"), json(DEPLOYMENT), Manager.applying("first", "apps/v1", ""), false);
    var other = json(DEPLOYMENT.replace("web:1", "web:2"));

    assertThatThrownBy(
            () -> deployments.apply(live, other, Manager.applying("second", "apps/v1", ""), false))
        .isInstanceOf(ApplyConflictException.class)
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"first\":"
                + " .spec.template.spec.containers[name=\"web\"].image")
        .asInstanceOf(type(ApplyConflictException.class))
        .extracting(ApplyConflictException::causes)
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .containsExactly(
            new ApplyConflictException.Cause(
                "conflict with \"first\"", ".spec.template.spec.containers[name=\"web\"].image"));
  }

  @Test
  void listsSeveralConflictsByManager() {
    var live = maps.apply(json("{}"), map("{\"colour\":\"blue\",\"size\":\"1\"}"), first, false);
    var other = map("{\"colour\":\"red\",\"size\":\"2\"}");

    assertThatThrownBy(() -> maps.apply(live, other, second, false))
        .hasMessage(
            "Apply failed with 2 conflicts: conflicts with \"first\":\n"
                + "- .data.colour\n- .data.size");
  }

  @Test
  void removesWhatAManagerNoLongerStates() {
    var live = maps.apply(json("{}"), map("{\"a\":\"1\",\"b\":\"2\"}"), first, false);

    var applied = maps.apply(live, map("{\"a\":\"1\"}"), first, false);

    assertThat(applied.path("data")).isEqualTo(json("{\"a\":\"1\"}"));
  }

  @Test
  void keepsAFieldThatAnotherManagerStatesToo() {
    var live = maps.apply(json("{}"), map("{\"a\":\"1\",\"b\":\"2\"}"), first, false);
    var shared = maps.apply(live, map("{\"b\":\"2\"}"), second, false);

    var applied = maps.apply(shared, map("{\"a\":\"1\"}"), first, false);

    assertThat(applied.path("data")).isEqualTo(json("{\"a\":\"1\",\"b\":\"2\"}"));
  }

  @Test
  void takesTheFieldFromItsOwnerWhenForced() {
    var live = maps.apply(json("{}"), map("{\"a\":\"1\",\"b\":\"2\"}"), first, false);

    var forced = maps.apply(live, map("{\"a\":\"9\"}"), second, true);

    assertThat(forced.path("data")).isEqualTo(json("{\"a\":\"9\",\"b\":\"2\"}"));
    assertThat(owned(forced, "first")).isEqualTo(json("{\"f:data\":{\"f:b\":{}}}"));
    assertThat(owned(forced, "second")).isEqualTo(json("{\"f:data\":{\"f:a\":{}}}"));
  }

  @Test
  void changesNothingWhenTheSameIsAppliedAgainLater() {
    var live = maps.apply(json("{}"), map("{\"a\":\"1\"}"), first, false);
    var later = new ManagedFields(FieldSchema.ofKind("ConfigMap"), NOW.plusSeconds(60));

    assertThat(later.apply(live, map("{\"a\":\"1\"}"), first, false)).isEqualTo(live);
  }

  @Test
  void givesAFieldToWhoeverUpdatesItSoThatTheNextApplyConflicts() {
    var live = maps.apply(json("{}"), map("{\"a\":\"1\"}"), first, false);
    var updated = live.deepCopy();
    ((ObjectNode) updated.path("data")).put("a", "2");
    maps.update(live, updated, Manager.updating("kubectl-edit", "v1", ""));

    assertThatThrownBy(() -> maps.apply(updated, map("{\"a\":\"1\"}"), first, false))
        .hasMessage(
            "Apply failed with 1 conflict: conflict with \"kubectl-edit\" using v1: .data.a");
  }

  @Test
  void mergesContainersByNameAndLeavesThoseOfOthers() {
    var manager = Manager.applying("first", "apps/v1", "");
    var live = deployments.apply(json("{}"), json(DEPLOYMENT), manager, false);
    var sidecar =
        json(
            """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{
             "template":{"spec":{"containers":[{"name":"proxy","image":"proxy:1"}]}}}}\
            """);

    var merged = deployments.apply(live, sidecar, Manager.applying("second", "apps/v1", ""), false);

    assertThat(merged.at("/spec/template/spec/containers").valueStream().map(c -> c.get("name")))
        .extracting(name -> name.asString())
        .containsExactly("web", "proxy");
  }

  private static tools.jackson.databind.JsonNode owned(ObjectNode object, String manager) {
    return object
        .path("metadata")
        .path("managedFields")
        .valueStream()
        .filter(entry -> entry.path("manager").asString("").equals(manager))
        .findFirst()
        .orElseThrow()
        .path("fieldsV1");
  }

  private static ObjectNode map(String data) {
    return json(
        "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"m\"},\"data\":"
            + data
            + "}");
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) JsonMapper.shared().readTree(text.replace("\n", ""));
  }
}
