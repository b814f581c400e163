package io.kodedeploy.core;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.net.Socket;
import java.net.URLConnection;
import java.nio.channels.Channel;
import java.nio.file.Files;
import java.util.stream.Stream;

/** The arrows and bans of style.md 5.2. */
@AnalyzeClasses(
    packages = "io.kodedeploy.core",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String OURS = "io.kodedeploy..";

  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.kodedeploy.core.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyMainReadsTheEnvironment =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("Main")
          .should()
          .callMethod(System.class, "getenv")
          .orShould()
          .callMethod(System.class, "getenv", String.class);

  @ArchTest static final ArchRule errorsUseNothingOfOurs = usesOnly("error");
  @ArchTest static final ArchRule configUsesNothingOfOurs = usesOnly("config");
  @ArchTest static final ArchRule observeUsesOnlyJsonOfOurs = usesOnly("observe", "json");

  @ArchTest
  static final ArchRule nobodyKnowsTheCommands =
      noClasses()
          .that()
          .resideOutsideOfPackage("..core.command..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..core.command..");

  @ArchTest
  static final ArchRule specificationsDoNoInputOrOutput =
      noClasses()
          .that()
          .resideInAPackage("..core.spec..")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(
              Files.class,
              File.class,
              FileInputStream.class,
              FileOutputStream.class,
              Socket.class,
              URLConnection.class,
              Channel.class);

  @ArchTest
  static final ArchRule theSdkStaysWhereCallsAreMade =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..core.identity..",
              "..core.protocol..",
              "..core.bundle..",
              "..core.logs..",
              "..core.record..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("software.amazon..");

  @ArchTest
  static final ArchRule helidonStaysInObserve =
      noClasses()
          .that()
          .resideOutsideOfPackage("..core.observe..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.helidon..");

  @ArchTest
  static final ArchRule kubernetesAndCommandLineAreNotHere =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.fabric8..", "picocli..", "io.kodedeploy.simulator..");

  @ArchTest
  static final ArchRule nothingIsADrawer =
      noClasses()
          .should()
          .resideInAnyPackage(
              "..util..", "..common..", "..helper..", "..impl..", "..manager..", "..base..")
          .orShould()
          .haveNameMatching(".*(Util|Utils|Common|Helper|Impl|Manager|Base)");

  private static ArchRule usesOnly(String... names) {
    var allowed = Stream.of(names).map(name -> "..core." + name + "..").toArray(String[]::new);
    return noClasses()
        .that()
        .resideInAPackage(allowed[0])
        .should()
        .dependOnClassesThat(
            resideInAPackage(OURS).and(not(JavaClass.Predicates.resideInAnyPackage(allowed))));
  }
}
