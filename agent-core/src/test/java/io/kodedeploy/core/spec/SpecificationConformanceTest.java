package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.conformance.Specifications;
import io.kodedeploy.core.error.AgentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class SpecificationConformanceTest {

  @TestFactory
  Stream<DynamicTest> specification() {
    return Cases.of("specification.yml", this::run);
  }

  @TestFactory
  Stream<DynamicTest> revisionChoice() {
    return Cases.of(
        "revision-choice.yml",
        given -> {
          var changes = new HashMap<String, Object>();
          given.text("creator").ifPresent(text -> changes.put("DeploymentCreator", text));
          given.text("type").ifPresent(text -> changes.put("DeploymentType", text));

          var chosen =
              RevisionChoice.of(
                  given.required("event"), Specifications.with(changes), given.flag("archive"));

          assertThat(chosen).hasToString(given.required("chosen"));
        });
  }

  private void run(Case given) throws Exception {
    if (!given.has("error") && !given.has("contains")) {
      var spec = read(given);
      var members = new HashMap<String, String>();
      for (var component : DeploymentSpec.class.getRecordComponents()) {
        members.put(component.getName(), component.getAccessor().invoke(spec).toString());
      }
      given
          .map("expect")
          .forEach((name, value) -> assertThat(members).containsEntry(name, value.toString()));
      return;
    }
    var refused = catchThrowableOfType(AgentException.class, () -> read(given));
    assertThat(refused).as(given.toString()).isNotNull();
    given.text("error").ifPresent(error -> assertThat(refused).hasMessage(error));
    given.text("contains").ifPresent(part -> assertThat(refused).hasMessageContaining(part));
    assertThat(refused.code().id()).isEqualTo(given.text("code").orElse("specification-invalid"));
  }

  private static DeploymentSpec read(Case given) throws IOException {
    if (given.has("signed")) {
      return DeploymentSpecReader.readSigned("PKCS7/JSON", signed(given));
    }
    if (given.has("format")) {
      var format = given.required("format");
      return DeploymentSpecReader.readSigned(format.equals("~null") ? null : format, "{}");
    }
    var changes = given.map("set");
    if (given.has("events")) {
      var possible = new ArrayList<>(LifecycleEventRules.HOOKS);
      possible.addAll(List.of("DownloadBundle", "Install"));
      possible.addAll(given.texts("events"));
      changes.put("AllPossibleLifecycleEvents", possible);
    }
    var spec = Specifications.with(changes);
    var appSpec = new StringBuilder("version: 0.0\nos: linux\nhooks:\n");
    given
        .texts("hooks")
        .forEach(event -> appSpec.append("  ").append(event).append(": [{location: a.sh}]\n"));
    LifecycleEventRules.check(
        spec, AppSpecReader.read(Path.of("/a/appspec.yml"), appSpec.toString().getBytes(UTF_8)));
    return spec;
  }

  private static String signed(Case given) throws IOException {
    try (var input = Cases.class.getResourceAsStream("/conformance/" + given.required("signed"))) {
      var pem = new String(input.readAllBytes(), UTF_8);
      if (!given.has("change") && !given.flag("flipLastByte")) {
        return pem;
      }
      var body = pem.replaceAll("-----.*-----|\\s", "");
      var der = new String(Base64.getDecoder().decode(body), ISO_8859_1);
      for (var change : given.map("change").entrySet()) {
        assertThat(der).contains(change.getKey());
        der = der.replace(change.getKey(), change.getValue().toString());
      }
      var bytes = der.getBytes(ISO_8859_1);
      if (given.flag("flipLastByte")) {
        bytes[bytes.length - 1] ^= 1;
      }
      return "-----BEGIN PKCS7-----\n%s\n-----END PKCS7-----\n"
          .formatted(Base64.getMimeEncoder().encodeToString(bytes));
    }
  }
}
