package io.kodedeploy.core.spec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kodedeploy.core.conformance.Case;
import io.kodedeploy.core.conformance.Cases;
import io.kodedeploy.core.error.AgentException;
import io.kodedeploy.core.error.ErrorCode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class AppSpecConformanceTest {

  @TestFactory
  Stream<DynamicTest> appSpec() {
    return Cases.of("appspec.yml", AppSpecConformanceTest::run);
  }

  private static void run(Case given) {
    var document = document(given);
    if (given.has("refused")) {
      var refused = catchThrowableOfType(AgentException.class, () -> read(document));
      assertThat(refused).isNotNull();
      assertThat(refused.code()).isEqualTo(ErrorCode.APPSPEC_INVALID);
      assertThat(refused.getMessage()).startsWith("appspec.yml:");
      given.texts("refused").forEach(part -> assertThat(refused).hasMessageContaining(part));
      return;
    }
    var appSpec = read(document);
    given
        .text("location")
        .ifPresent(text -> assertThat(script(appSpec).location()).isEqualTo(text));
    given
        .text("timeout")
        .ifPresent(text -> assertThat(script(appSpec).timeout()).hasSeconds(Long.parseLong(text)));
    given.text("reads").ifPresent(text -> assertThat(permission(given, appSpec)).isEqualTo(text));
  }

  private static String document(Case given) {
    if (given.has("doc")) {
      return given.required("doc");
    }
    var top = new StringBuilder("version: 0.0\nos: linux\n").append(given.text("top").orElse(""));
    given
        .text("script")
        .ifPresent(text -> top.append("hooks: {AfterInstall: [{").append(text).append("}]}\n"));
    given.text("permission").ifPresent(text -> permission(top, text));
    given.text("mode").ifPresent(text -> permission(top, "object: /a, mode: " + text));
    given.text("acl").ifPresent(text -> permission(top, "object: /a, acls: ['" + text + "']"));
    given.text("context").ifPresent(text -> permission(top, "object: /a, context: {" + text + "}"));
    given
        .text("range")
        .ifPresent(
            text -> permission(top, "object: /a, context: {type: t, range: '" + text + "'}"));
    return top.toString();
  }

  private static void permission(StringBuilder top, String members) {
    top.append("permissions: [{").append(members).append("}]\n");
  }

  private static String permission(Case given, AppSpec appSpec) {
    var permission = appSpec.permissions().getFirst();
    if (given.has("mode")) {
      return permission.mode().orElseThrow();
    }
    if (given.has("acl")) {
      return permission.acls().orElseThrow().getFirst().toString();
    }
    var context = permission.context().orElseThrow();
    return given.has("range")
        ? context.range().orElseThrow()
        : String.join(
            " ", List.of(context.user().orElse(""), context.type(), context.range().orElse("")));
  }

  private static Script script(AppSpec appSpec) {
    return appSpec.scripts("AfterInstall").getFirst();
  }

  private static AppSpec read(String document) {
    return AppSpecReader.read(Path.of("/archive/appspec.yml"), document.getBytes(UTF_8));
  }
}
