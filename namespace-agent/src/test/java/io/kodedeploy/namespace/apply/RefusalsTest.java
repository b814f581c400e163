package io.kodedeploy.namespace.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import io.kodedeploy.namespace.cluster.ApiAnswer;
import io.kodedeploy.namespace.manifest.ApplyPlan;
import io.kodedeploy.namespace.manifest.ApplyTarget;
import io.kodedeploy.namespace.manifest.ManifestFile;
import io.kodedeploy.namespace.manifest.ManifestReader;
import io.kodedeploy.namespace.manifest.PlannedObject;
import io.kodedeploy.namespace.manifest.ResourceType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RefusalsTest {
  private static final ApplyTarget TARGET = new ApplyTarget("web", "shop", false);

  private static PlannedObject object(String yaml) {
    return ApplyPlan.of(
            ManifestReader.read(List.of(new ManifestFile("a.yaml", yaml)), "shop"),
            TARGET,
            (_, kind) -> Optional.of(new ResourceType("", "v1", kind, kind, true)))
        .objects()
        .getFirst();
  }

  private static final PlannedObject MAP =
      object("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}");
  private static final PlannedObject SECRET =
      object(
          "{apiVersion: v1, kind: Secret, metadata: {name: s}, data: {p: aHVudGVyMg==},"
              + " stringData: {q: plain-text}}");

  private static ApiAnswer answer(int code, String message) {
    var body = JsonMapper.shared().createObjectNode().put("message", message);
    return new ApiAnswer(code, body);
  }

  @Test
  void objectThatDoesNotFitItsSchemaIsRefusedThoughTheServerCallsItsAnswerItsOwnTrouble() {
    var refusals = new Refusals();
    refusals.add(MAP, answer(500, "failed to create typed patch object (a): .datas: not declared"));

    assertThatThrownBy(() -> refusals.throwIfAny("rest"))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_REFUSED));
  }

  @Test
  void conflictNamesFieldManagerAndObject() {
    var refusals = new Refusals();
    refusals.add(
        MAP,
        new ApiAnswer(
            409,
            JsonMapper.shared()
                .readTree(
                    """
                    {"message":"Apply failed with 1 conflict","details":{"causes":[
                      {"reason":"FieldManagerConflict","field":".data.colour",
                       "message":"conflict with \\"first\\" using v1"}]}}
                    """)));

    assertThatThrownBy(() -> refusals.throwIfAny("nothing of the stage was written:"))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.APPLY_CONFLICT))
        .hasMessageStartingWith("nothing of the stage was written:\n")
        .hasMessageContaining("kodedeploy.io/force")
        .hasMessageContaining("ConfigMap/shop/a (a.yaml:1): field .data.colour")
        .hasMessageContaining("\"first\"");
  }

  @Test
  void fieldThatCannotBeChangedComesWithTheWaysOut() {
    var refusals = new Refusals();
    refusals.add(MAP, answer(422, "spec.template: Invalid value: field is immutable"));

    assertThatThrownBy(() -> refusals.throwIfAny("rest"))
        .hasMessageContaining("cannot be changed")
        .hasMessageContaining("kodedeploy.io/replace: \"true\"");
  }

  @ParameterizedTest
  @CsvSource({
    "422,APPLY_REFUSED",
    "400,APPLY_REFUSED",
    "403,APPLY_REFUSED",
    "500,CLUSTER_UNREACHABLE"
  })
  void onlyTheServersOwnTroubleIsWorthRepeating(int code, ErrorCode expected) {
    var refusals = new Refusals();
    refusals.add(MAP, answer(code, "no"));

    assertThatThrownBy(() -> refusals.throwIfAny("rest"))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.code()).isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "bad value aHVudGVyMg==",
    "bad value hunter2",
    "bad value plain-text here",
    "got &value.valueUnstructured{Value:7}"
  })
  void dataOfASecretIsWithheld(String message) {
    var refusals = new Refusals();
    refusals.add(SECRET, answer(422, message));

    assertThatThrownBy(() -> refusals.throwIfAny("prerequisites"))
        .hasMessageContaining("Secret/shop/s")
        .hasMessageContaining("withheld")
        .hasMessageNotContaining("hunter2")
        .hasMessageNotContaining("plain-text")
        .hasMessageNotContaining("Value:7");
  }
}
