package io.promptmonitor.common;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** The rules that keep the domain pure, simple to find one's way in, and deterministic. */
@AnalyzeClasses(packages = "io.promptmonitor.common", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  private static final Set<String> WALL_CLOCK_TYPES =
      Set.of(
          "java.time.Instant",
          "java.time.LocalDate",
          "java.time.LocalTime",
          "java.time.LocalDateTime",
          "java.time.OffsetDateTime",
          "java.time.OffsetTime",
          "java.time.ZonedDateTime",
          "java.time.Year",
          "java.time.YearMonth");

  @ArchTest
  static final ArchRule noFlink =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..", "java.sql..")
          .because("the domain is plain Java: streaming, batch, backtests and tests share it");

  @ArchTest
  static final ArchRule noPackageCycles =
      slices().matching("io.promptmonitor.common.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule noWallClock =
      noClasses()
          .should()
          .callCodeUnitWhere(
              describe("the target reads the wall clock", ArchitectureTest::readsWallClock))
          .because("time is an argument: the same input gives the same output, also in a replay");

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

  private static boolean readsWallClock(JavaCall<?> call) {
    CodeUnitCallTarget target = call.getTarget();
    String owner = target.getOwner().getName();
    String name = target.getName();
    boolean withoutArguments = target.getRawParameterTypes().isEmpty();
    if (owner.equals(System.class.getName())) {
      return name.equals("currentTimeMillis") || name.equals("nanoTime");
    }
    if (owner.equals(Clock.class.getName())) {
      return name.startsWith("system") || name.startsWith("tick");
    }
    if (owner.equals(Date.class.getName())) {
      return name.equals("<init>") && withoutArguments;
    }
    if (WALL_CLOCK_TYPES.contains(owner) && name.equals("now")) {
      // now(Clock) is as deterministic as its clock.
      return withoutArguments
          || !target.getRawParameterTypes().get(0).getName().equals(Clock.class.getName());
    }
    return false;
  }
}
