package io.promptmonitor.reports;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.jspecify.annotations.NullMarked;

/** The rules that keep what a report says apart from how it looks. */
@AnalyzeClasses(packages = "io.promptmonitor.reports", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().matching("io.promptmonitor.reports.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule looksDoNotKnowTheReport =
      noClasses()
          .that()
          .resideInAnyPackage("..reports.html..", "..reports.markdown..", "..reports.page..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.promptmonitor.common..");

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
