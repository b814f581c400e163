package io.kodedeploy.node;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.kodedeploy.node",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.kodedeploy.node.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyElbKnowsTheAwsSdk =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.kodedeploy.node.elb")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon.awssdk..");

  @ArchTest
  static final ArchRule onlyNodeKnowsFabric8 =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.kodedeploy.node.node")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8..");

  @ArchTest
  static final ArchRule nobodyKnowsHelidonOrAnotherAgent =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.helidon..",
              "io.kodedeploy.namespace..",
              "io.kodedeploy.cli..",
              "io.kodedeploy.simulator..");

  @ArchTest
  static final ArchRule trafficKnowsNeitherItsWiringNorItsAdapters =
      noClasses()
          .that()
          .resideInAPackage("io.kodedeploy.node.traffic")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.kodedeploy.node",
              "io.kodedeploy.node.elb",
              "io.kodedeploy.node.node",
              "io.kodedeploy.node.progress");

  @ArchTest
  static final ArchRule onlyMainReadsTheEnvironment =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Main")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class);

  @ArchTest
  static final ArchRule noDrawers =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..common..", "..helper..", "..impl..", "..manager..");
}
