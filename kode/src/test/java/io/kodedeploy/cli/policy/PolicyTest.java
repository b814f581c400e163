package io.kodedeploy.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Each policy grants exactly what the code calls: nothing is missing, nothing is spare. */
final class PolicyTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /**
   * What every host needs of the secure command service; it is no SDK client (host-agent.md 1.2).
   */
  private static final Set<String> COMMAND_SERVICE =
      Set.of(
          "codedeploy-commands-secure:GetDeploymentSpecification",
          "codedeploy-commands-secure:PollHostCommand",
          "codedeploy-commands-secure:PutHostCommandAcknowledgement",
          "codedeploy-commands-secure:PutHostCommandComplete");

  /** A versioned GetObject is authorised by an action of its own. */
  private static final Set<String> VERSIONED_OBJECT = Set.of("s3:GetObjectVersion");

  /**
   * What CreateDeployment and CreateDeploymentGroup check besides themselves (codedeploy-service.md
   * 2.2, 9.5).
   */
  private static final Set<String> BESIDES_DEPLOYMENTS =
      Set.of(
          "codedeploy:GetDeploymentConfig",
          "codedeploy:GetApplicationRevision",
          "codedeploy:RegisterApplicationRevision",
          "iam:PassRole");

  /** The only class of an agent that writes to CodeDeploy, for catch-up.mode: codedeploy. */
  private static final Predicate<JavaClass> CATCH_UP_DEPLOYER =
      type -> type.getSimpleName().equals("ServiceDeployer");

  @Test
  void theNodePolicyGrantsWhatTheNodeAgentCalls() {
    // A node writes no host record and takes its credentials from metadata, never by AssumeRole.
    var called = called(List.of("agent-core", "node-agent"), inPackages("core.bundle", "node"));

    assertThat(granted("codedeploy-node"))
        .isEqualTo(union(called, COMMAND_SERVICE, VERSIONED_OBJECT));
  }

  @Test
  void theNamespacePolicyGrantsWhatTheNamespaceAgentCalls() {
    var called =
        called(
            List.of("agent-core", "namespace-agent"),
            inPackages("core.bundle", "core.record", "namespace")
                .and(inPackages("namespace.membership").negate())
                .and(CATCH_UP_DEPLOYER.negate()));

    assertThat(granted("codedeploy-namespace"))
        .isEqualTo(union(called, COMMAND_SERVICE, VERSIONED_OBJECT));
  }

  @Test
  void theMembershipPolicyGrantsWhatTheChartsJobsCall() {
    var called = called(List.of("namespace-agent"), inPackages("namespace.membership"));

    assertThat(granted("codedeploy-membership")).isEqualTo(called);
  }

  @Test
  void theOptionalCatchUpPolicyGrantsWhatItsOneClassCalls() {
    var called = called(List.of("namespace-agent"), CATCH_UP_DEPLOYER);

    assertThat(granted("codedeploy-namespace-catchup"))
        .isEqualTo(
            union(
                called,
                Set.of(
                    "codedeploy:GetDeploymentConfig",
                    "codedeploy:GetApplicationRevision",
                    "codedeploy:RegisterApplicationRevision")));
  }

  @Test
  void theDeployPolicyGrantsWhatDeployAndStatusCall() {
    var called =
        called(
            List.of("kode"),
            inPackages(
                "cli.deploy",
                "cli.codedeploy",
                "cli.status",
                "cli.record",
                "cli.bundle",
                "cli.balancing"));

    assertThat(granted("codedeploy-deploy")).isEqualTo(union(called, BESIDES_DEPLOYMENTS));
  }

  @Test
  void theOperatorPolicyGrantsWhatInitAndReleaseCall() {
    var called =
        called(
            List.of("kode"),
            inPackages(
                "cli.init",
                "cli.cluster",
                "cli.release",
                "cli.codedeploy",
                "cli.record",
                "cli.bundle",
                "cli.balancing"));

    assertThat(granted("codedeploy-operator")).isEqualTo(union(called, BESIDES_DEPLOYMENTS));
  }

  /**
   * Whoever may tag itself may join another namespace: only the chart's own Jobs may, of no bundle.
   */
  @Test
  void noAgentMayTagHosts() {
    assertThat(List.of("codedeploy-namespace", "codedeploy-node", "codedeploy-deploy"))
        .allSatisfy(name -> assertThat(granted(name)).noneMatch(action -> action.contains("Tags")));
  }

  private static Predicate<JavaClass> inPackages(String... packages) {
    return type ->
        List.of(packages).stream()
            .map(name -> "io.kodedeploy." + name)
            .anyMatch(
                name ->
                    type.getPackageName().equals(name)
                        || type.getPackageName().startsWith(name + "."));
  }

  private static Set<String> called(List<String> modules, Predicate<JavaClass> taken) {
    var folders =
        modules.stream().map(name -> ROOT.resolve(name).resolve("target/classes")).toList();
    folders.forEach(
        folder ->
            assumeTrue(
                Files.isDirectory(folder),
                () -> folder + " is not built; ./mvnw verify builds every module"));
    JavaClasses classes = new ClassFileImporter().importPaths(folders);
    return CalledActions.of(classes, taken);
  }

  @SafeVarargs
  private static Set<String> union(Set<String>... sets) {
    var all = new TreeSet<String>();
    for (var set : sets) {
      all.addAll(set);
    }
    return all;
  }

  private static Set<String> granted(String name) {
    var file = ROOT.resolve("iam").resolve(name + ".iampolicy.json");
    var actions = new TreeSet<String>();
    for (JsonNode statement : new ObjectMapper().readTree(file.toFile()).path("Statement")) {
      var action = statement.path("Action");
      if (action.isArray()) {
        action.forEach(each -> actions.add(each.asString()));
      } else {
        actions.add(action.asString());
      }
    }
    return actions;
  }
}
