package io.kodedeploy.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.kodedeploy.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.kodedeploy.cli.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule agentsAndSimulatorAreProcessesToUs =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.kodedeploy.node..", "io.kodedeploy.namespace..", "io.kodedeploy.simulator..");

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
  static final ArchRule wordsKnowNothingOfAws =
      noClasses()
          .that(resideInAnyPackage("..cli.console..", "..cli.bundle..", "..cli.naming.."))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule nothingPrintsPastTheCommandsWriters =
      noClasses()
          .that()
          .doNotHaveSimpleName("Interruption")
          .and()
          .doNotHaveSimpleName("AgentMain")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
