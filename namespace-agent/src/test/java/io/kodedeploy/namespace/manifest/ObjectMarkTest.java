package io.kodedeploy.namespace.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ObjectMarkTest {
  private static final String MANAGER = "kodedeploy:web";
  private static final String METADATA =
      """
      {"uid":"u1","resourceVersion":"1","managedFields":[
        {"manager":"kodedeploy:web","operation":"Update","subresource":"status","time":"T0","fieldsV1":{}},
        {"manager":"kodedeploy:web","operation":"Apply","apiVersion":"v1","time":"T1","fieldsV1":{"f:data":{"f:a":{}}}},
        {"manager":"other","operation":"Apply","apiVersion":"v1","time":"T1","fieldsV1":{"f:data":{"f:b":{}}}}]}
      """;

  private static PlannedObject object(String value) {
    var yaml = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: VALUE}}";
    return ApplyPlan.of(
            ManifestReader.read(
                List.of(new ManifestFile("a.yaml", yaml.replace("VALUE", value))), "shop"),
            new ApplyTarget("web", "shop", false),
            (_, kind) -> Optional.of(new ResourceType("", "v1", kind, "configmaps", true)))
        .objects()
        .getFirst();
  }

  private static JsonNode metadata(String text) {
    return JsonMapper.shared().readTree(text);
  }

  private static ObjectMark mark(String metadata) {
    return ObjectMark.of(object("x"), metadata(metadata), MANAGER);
  }

  @Test
  void staysWhileOnlyOthersChangeTheObject() {
    var changed =
        METADATA
            .replace("\"resourceVersion\":\"1\"", "\"resourceVersion\":\"2\"")
            .replace("\"T0\"", "\"T9\"")
            .replace("f:b", "f:c");

    assertThat(mark(changed)).isEqualTo(mark(METADATA)).isNotEqualTo(ObjectMark.UNKNOWN);
  }

  @Test
  void changesWithOurFieldsTheirTimeAndTheObjectItself() {
    assertThat(mark(METADATA.replace("f:a", "f:z")).state()).isNotEqualTo(mark(METADATA).state());
    assertThat(mark(METADATA.replace("\"T1\"", "\"T2\"")).state())
        .isNotEqualTo(mark(METADATA).state());
    assertThat(mark(METADATA.replace("u1", "u2"))).isNotEqualTo(mark(METADATA));
  }

  @Test
  void changesWithTheManifest() {
    var other = ObjectMark.of(object("y"), metadata(METADATA), MANAGER);

    assertThat(other.digest()).isNotEqualTo(mark(METADATA).digest());
    assertThat(other.state()).isEqualTo(mark(METADATA).state());
  }

  @Test
  void isUnknownWithoutOurEntryOrIdentity() {
    assertThat(mark(METADATA.replace("kodedeploy:web", "me"))).isEqualTo(ObjectMark.UNKNOWN);
    assertThat(mark(METADATA.replace("u1", ""))).isEqualTo(ObjectMark.UNKNOWN);
    assertThat(mark("{}")).isEqualTo(ObjectMark.UNKNOWN);
  }
}
