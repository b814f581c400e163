package io.kodedeploy.namespace;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.kodedeploy.namespace",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.kodedeploy.(**)").should().beFreeOfCycles();

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
  static final ArchRule manifestIsPure =
      noClasses()
          .that()
          .resideInAPackage("..namespace.manifest..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.net..",
              "java.nio.file..",
              "java.io..",
              "io.fabric8..",
              "software.amazon..",
              "io.kodedeploy.namespace.apply..",
              "io.kodedeploy.namespace.cluster..",
              "io.kodedeploy.namespace.catchup..");

  @ArchTest
  static final ArchRule fabric8StaysInClusterAndApply =
      noClasses()
          .that()
          .resideOutsideOfPackages("..namespace.cluster..", "..namespace.apply..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.fabric8..");

  @ArchTest
  static final ArchRule awsStaysInCatchUpAndMembership =
      noClasses()
          .that()
          .resideOutsideOfPackages("..namespace.catchup..", "..namespace.membership..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule noAgentCanTagHosts =
      noClasses()
          .that()
          .resideOutsideOfPackage("..namespace.membership..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..namespace.membership..");

  @ArchTest
  static final ArchRule noWebServerAndNoSimulatorHere =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.helidon..", "io.kodedeploy.simulator..", "io.kodedeploy.node..");

  @ArchTest
  static final ArchRule namesSayWhatTheyAre =
      classes()
          .that(resideInAPackage("io.kodedeploy.namespace.."))
          .should()
          .haveNameNotMatching(".*(Util|Utils|Helper|Impl|Manager|Base)");
}
