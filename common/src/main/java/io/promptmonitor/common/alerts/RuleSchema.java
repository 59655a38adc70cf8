package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.conditions.ConditionEvaluator;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.config.DurationText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The schema of the blocks {@code alert_rules}, {@code escalation} and {@code auto_rollback}. */
final class RuleSchema {

  private static final Duration DAY = Duration.ofHours(24);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DEFAULT_ALERT_AFTER = Duration.ofMinutes(10);

  /** Characters of a name that people write. */
  private static final int MAX_NAME = 100;

  private static final int MAX_RULES = 1_000;
  private static final int MAX_MIN_EXECUTIONS = 1_000_000;

  private static final Pattern CHANNEL = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  /** What the rollback protocol does, in words that cannot be changed. */
  private static final String PROCESS =
      "1. DETECT trigger condition met 2. VERIFY rollback_reference exists and is valid"
          + " 3. SNAPSHOT current metrics for post-mortem"
          + " 4. SWITCH active_version to rollback_reference"
          + " 5. NOTIFY operations team immediately 6. LOG rollback event with full context"
          + " 7. MONITOR recovery metrics";

  private static final String MIN_INTERVAL = "Minimum time between rollbacks";
  private static final String MAX_PER_DAY = "Maximum auto-rollbacks per day";
  private static final String MANUAL_AFTER_LIMIT = "Require manual intervention after limit";

  private final @Nullable Duration pane;

  /**
   * The schema.
   *
   * @param pane what windows are a multiple of; null for anything
   */
  RuleSchema(@Nullable Duration pane) {
    this.pane = pane;
  }

  /** Reads the blocks where all of them are there. */
  AlertingConfig read(ConfigSection top) {
    return read(top, new AlertingConfig(List.of(), NOBODY, AutoRollback.usual()));
  }

  /** Reads the blocks; what is not there is as {@code defaults} say. */
  AlertingConfig read(ConfigSection top, AlertingConfig defaults) {
    return new AlertingConfig(
        top.get("alert_rules", this::alertRules, defaults.alertRules()),
        top.get(
            "escalation",
            v -> v.section(section -> escalation(section, defaults.escalation())),
            defaults.escalation()),
        top.get(
            "auto_rollback",
            v -> v.section(section -> autoRollback(section, defaults.autoRollback())),
            defaults.autoRollback()));
  }

  private List<AlertRule> alertRules(ConfigValue value) {
    Map<String, ConfigValue> named = new HashMap<>();
    checkSize(value);
    return value.list(
        v -> {
          AlertRule rule = v.section(this::alertRule);
          ConfigValue first = named.putIfAbsent(rule.name(), v);
          if (first != null) {
            throw v.invalid(
                "the name \"" + rule.name() + "\" is given twice, first in " + first.path());
          }
          return rule;
        });
  }

  private static void checkSize(ConfigValue value) {
    if (value.size() > MAX_RULES) {
      throw value.invalid("at most " + MAX_RULES + " rules, found " + value.size());
    }
  }

  private AlertRule alertRule(ConfigSection section) {
    String name = section.require("name", RuleSchema::name, "?");
    Severity severity =
        section.require("severity", v -> v.choice(Severity.class), Severity.WARNING);
    Set<AlertAction> actions =
        section.require("actions", RuleSchema::actions, EnumSet.of(AlertAction.ALERT));
    return rule(section, name, RuleKind.ALERT_RULE, severity, actions, null);
  }

  private AlertRule trigger(ConfigSection section) {
    Confidence confidence =
        section.require("confidence", v -> v.choice(Confidence.class), Confidence.LOW);
    return rule(
        section,
        null,
        RuleKind.ROLLBACK_TRIGGER,
        Severity.CRITICAL,
        EnumSet.of(AlertAction.AUTO_ROLLBACK),
        confidence);
  }

  /** What rules and triggers have in common. */
  private AlertRule rule(
      ConfigSection section,
      @Nullable String name,
      RuleKind kind,
      Severity severity,
      Set<AlertAction> actions,
      @Nullable Confidence confidence) {
    Condition condition = section.require("condition", v -> v.parsed(Condition::parse), NEVER);
    Duration stated = section.getOrNull("for", v -> v.duration(Duration.ZERO, DAY));
    if (stated != null && condition.hold() != null) {
      section.problem("for", "the condition says \"for\" already");
    }
    Duration hold = condition.hold() != null ? condition.hold() : stated;
    Duration window = section.getOrNull("window", this::window);
    if (!section.has("window") && (hold == null || hold.isZero())) {
      section.problem(
          "window", "\"window\" is missing; only a condition with \"for\" can do without");
    }
    Duration holdOrNone = hold == null ? Duration.ZERO : hold;
    List<Duration> windows = window == null ? RuleWindows.upTo(holdOrNone) : List.of(window);
    return new AlertRule(
        name == null ? RuleNames.ROLLBACK + condition : name,
        kind,
        condition.expression(),
        windows,
        holdOrNone,
        section.get(
            "keep_firing_for", v -> v.duration(Duration.ZERO, DAY), AlertRule.KEEP_FIRING_FOR),
        section.get(
            "min_executions",
            v -> (int) v.integer(1, MAX_MIN_EXECUTIONS),
            ConditionEvaluator.USUAL_MINIMUM),
        section.get("no_data", v -> noData(v, holdOrNone), NoDataPolicy.freeze()),
        section.getOrNull("evidence", v -> evidence(v, condition)),
        severity,
        actions,
        confidence);
  }

  private static final Condition NEVER = Condition.parse("execution_count < 1");

  private static String name(ConfigValue value) {
    String name = value.text();
    if (name.codePointCount(0, name.length()) > MAX_NAME) {
      throw value.invalid("a name has at most " + MAX_NAME + " characters");
    }
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw value.invalid("a name has no line breaks and control characters");
    }
    for (String reserved : RuleNames.RESERVED) {
      if (name.toLowerCase(Locale.ROOT).startsWith(reserved)) {
        throw value.invalid("a name must not begin with \"" + reserved + "\", which is reserved");
      }
    }
    return name;
  }

  private static Set<AlertAction> actions(ConfigValue value) {
    List<AlertAction> actions = value.list(v -> v.choice(AlertAction.class));
    if (value.size() == 0) {
      throw value.invalid("expected alert, auto_rollback or flag_for_review, found nothing");
    }
    return actions.isEmpty() ? EnumSet.of(AlertAction.ALERT) : EnumSet.copyOf(actions);
  }

  private Duration window(ConfigValue value) {
    Duration window = value.duration(SECOND, DAY);
    if (pane != null && window.toMillis() % pane.toMillis() != 0) {
      throw value.invalid(
          "must be a multiple of evaluation_interval ("
              + DurationText.format(pane)
              + "), found "
              + DurationText.format(window));
    }
    return window;
  }

  private static NoDataPolicy noData(ConfigValue value, Duration hold) {
    if (value.isSection()) {
      return value.section(
          section ->
              NoDataPolicy.alert(
                  section.need("alert_after", v -> v.duration(RuleWindows.SHORTEST, DAY))));
    }
    return switch (value.choice(List.of("freeze", "ok", "alert"))) {
      case "freeze" -> NoDataPolicy.freeze();
      case "ok" -> NoDataPolicy.ok();
      default ->
          NoDataPolicy.alert(hold.compareTo(DEFAULT_ALERT_AFTER) > 0 ? hold : DEFAULT_ALERT_AFTER);
    };
  }

  private static double evidence(ConfigValue value, Condition condition) {
    double alpha = value.decimal(1e-12, 0.5);
    if (!Evidence.isFor(condition.expression())) {
      throw value.invalid(
          "needs a condition that compares error_rate, success_rate or a percentile of the"
              + " latency, once and on the side that is worse");
    }
    return alpha;
  }

  // Escalation

  private static final EscalationPolicy NOBODY_TOLD =
      new EscalationPolicy(List.of(), null, null, null);
  private static final Map<Severity, EscalationPolicy> NOBODY =
      Map.of(Severity.WARNING, NOBODY_TOLD, Severity.CRITICAL, NOBODY_TOLD);

  private static Map<Severity, EscalationPolicy> escalation(
      ConfigSection section, Map<Severity, EscalationPolicy> defaults) {
    Map<Severity, EscalationPolicy> policies = new EnumMap<>(defaults);
    for (Severity severity : Severity.values()) {
      EscalationPolicy policy =
          section.getOrNull(severity.label(), v -> v.section(RuleSchema::policy));
      if (policy != null) {
        policies.put(severity, policy);
      }
    }
    return policies;
  }

  private static EscalationPolicy policy(ConfigSection section) {
    List<String> channels =
        section.require("channels", v -> v.list(RuleSchema::channel), List.of());
    Duration repeat = section.getOrNull("repeat_after", v -> v.duration(MINUTE, WEEK));
    Duration escalate = section.getOrNull("escalate_after", v -> v.duration(SECOND, WEEK));
    String to = section.getOrNull("escalate_to", RuleSchema::channel);
    boolean after = section.has("escalate_after");
    if (after != section.has("escalate_to")) {
      section.problem(
          after ? "escalate_after" : "escalate_to",
          "\"escalate_after\" and \"escalate_to\" go together");
    }
    boolean complete = escalate != null && to != null;
    return new EscalationPolicy(channels, repeat, complete ? escalate : null, complete ? to : null);
  }

  private static final Duration WEEK = Duration.ofDays(7);

  private static String channel(ConfigValue value) {
    String name = value.text();
    if (!CHANNEL.matcher(name).matches()) {
      throw value.invalid(
          "expected the name of a channel, such as slack or on-call: small letters, digits, _ and"
              + " -, beginning with a letter; found \""
              + name.substring(0, Math.min(name.length(), MAX_NAME))
              + "\"");
    }
    return name;
  }

  // Automatic rollback

  private AutoRollback autoRollback(ConfigSection section, AutoRollback defaults) {
    boolean enabled = section.get("enabled", ConfigValue::bool, defaults.enabled());
    List<AlertRule> triggers = section.get("triggers", v -> triggers(v), defaults.triggers());
    Confidence minConfidence =
        section.get("min_confidence", v -> v.choice(Confidence.class), defaults.minConfidence());
    double alpha = section.get("evidence", RuleSchema::rollbackEvidence, alphaOf(defaults));
    section.getOrNull("process", RuleSchema::process);
    Safeguards safeguards = new Safeguards(defaults.minInterval(), defaults.maxPerDay());
    section.getOrNull("safeguards", v -> v.list(safeguards::read));
    return new AutoRollback(
        enabled,
        triggers,
        minConfidence,
        alpha == NO_EVIDENCE ? null : alpha,
        safeguards.minInterval,
        safeguards.maxPerDay);
  }

  private static final double NO_EVIDENCE = 1;

  private static double alphaOf(AutoRollback rollback) {
    return rollback.evidence() == null ? NO_EVIDENCE : rollback.evidence();
  }

  private static double rollbackEvidence(ConfigValue value) {
    return value.text().equals("none") ? NO_EVIDENCE : value.decimal(1e-12, 0.5);
  }

  private List<AlertRule> triggers(ConfigValue value) {
    checkSize(value);
    List<String> names = new ArrayList<>();
    return value.list(
        v -> {
          AlertRule rule = v.section(this::trigger);
          if (names.contains(rule.name())) {
            throw v.invalid("this condition is given twice");
          }
          names.add(rule.name());
          return rule;
        });
  }

  private static String process(ConfigValue value) {
    String text = value.text().strip().replaceAll("\\s+", " ");
    if (!text.equals(PROCESS)) {
      throw value.invalid(
          "the seven steps are built in, from \"1. DETECT\" to \"7. MONITOR\"; leave \"process\""
              + " out or give them unchanged");
    }
    return text;
  }

  /** The list {@code safeguards}: each element sets one thing. */
  private static final class Safeguards {

    private Duration minInterval;
    private int maxPerDay;

    Safeguards(Duration minInterval, int maxPerDay) {
      this.minInterval = minInterval;
      this.maxPerDay = maxPerDay;
    }

    boolean read(ConfigValue value) {
      if (!value.isSection()) {
        value.choice(List.of(MANUAL_AFTER_LIMIT));
        return true;
      }
      return value.section(
          section -> {
            minInterval =
                section.get(MIN_INTERVAL, v -> v.duration(Duration.ZERO, DAY), minInterval);
            maxPerDay = section.get(MAX_PER_DAY, v -> (int) v.integer(0, 1_000), maxPerDay);
            return true;
          });
    }
  }
}
