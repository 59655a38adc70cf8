package io.promptmonitor.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** The rules that keep the packages of this module apart and simple to find one's way in. */
@AnalyzeClasses(packages = "io.promptmonitor", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule noCyclesAmongTopLevelPackages =
      slices().matching("io.promptmonitor.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noCyclesAmongJobs =
      slices().matching("io.promptmonitor.jobs.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule onlyTheCommandLineKnowsTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.promptmonitor.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.promptmonitor.cli..", "picocli..");

  @ArchTest
  static final ArchRule functionsOfFlinkSqlKnowTheDomainOnly =
      noClasses()
          .that()
          .resideInAPackage("io.promptmonitor.flinksql..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.promptmonitor..")
                  .and(
                      resideOutsideOfPackages(
                          "io.promptmonitor.common..", "io.promptmonitor.flinksql..")));

  @ArchTest
  static void everyPackageIsNullMarked(JavaClasses classes) {
    assertThat(classes).allMatch(c -> c.getPackage().isAnnotatedWith(NullMarked.class));
  }

  @ArchTest
  static final ArchRule noCatchAllNames =
      noClasses()
          .should()
          .haveNameMatching("(?i).*(\\.(utils?|helpers?|managers?)\\..*|(utils?|helper|manager))")
          .because("a name says what a thing is for");
}
