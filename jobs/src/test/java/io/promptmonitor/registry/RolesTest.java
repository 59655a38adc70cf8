package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.definition;
import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.text;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, tried out as a user with each of the roles and as one with none. */
class RolesTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  /** In the order of the tables' columns. */
  private static final List<String> USERS =
      List.of("job", "operator", "analyst", "investigator", "runtime", "stranger");

  /** S, I, U, D, T: may select, insert, update, delete, truncate. */
  private static final String TABLES =
      """
                               job   operator analyst investigator runtime stranger
      active_period            S     S        S       S            -       -
      active_prompt            -     S        -       -            S       -
      alert                    SIU   S        S       S            -       -
      alert_escalation         SIU   S        S       S            -       -
      alert_event              SIU   S        S       S            -       -
      alert_exemplar           SIU   S        -       S            -       -
      alert_history            S     S        S       S            -       -
      calibrated_prediction    S     S        S       S            -       -
      calibration_correction   S     S        S       S            -       -
      calibration_heuristic    S     S        S       S            -       -
      calibration_result       SIUD  SIUD     S       S            -       -
      calibration_status       -     S        S       S            -       -
      daily_report             SIU   S        S       S            -       -
      dead_letter              SIU   -        -       S            -       -
      flyway_schema_history    -     -        -       -            -       -
      notification             SIU   S        S       S            -       -
      notification_channel     SIU   S        S       S            -       -
      notification_message     SIU   S        S       S            -       -
      operator_command         S     S        S       S            -       -
      prompt                   S     S        S       S            -       -
      prompt_health            -     S        S       S            -       -
      prompt_version           -     S        -       -            -       -
      registered_version       S     S        S       S            -       -
      registry_event           S     S        S       S            -       -
      registry_lock            -     -        -       -            -       -
      rollback_allowance       S     S        S       S            -       -
      rollback_event           SIU   S        S       S            -       -
      rollback_history         S     S        S       S            -       -
      rule_status              SIUD  S        S       S            -       -
      silence                  S     S        S       S            -       -
      slo_status               -     S        S       S            -       -
      token_cost               -     S        S       S            -       -
      top_errors_by_prompt     S     S        S       S            -       -
      version_comparison       -     S        S       S            -       -
      version_to_review        S     S        S       S            -       -
      window_metrics           SIU   S        S       S            -       -
      window_metrics_1h        -     -        -       -            -       -
      window_metrics_1m        -     -        -       -            -       -
      window_metrics_24h       -     -        -       -            -       -
      window_metrics_5m        -     -        -       -            -       -
      window_metrics_7d        -     -        -       -            -       -
      """;

  /** Who may call the functions that are not triggers. */
  private static final String FUNCTIONS =
      """
                                   job   operator analyst investigator runtime stranger
      active_version_at            yes   yes      yes     yes          -       -
      alert_acknowledge            -     yes      -       -            -       -
      calibration_apply            -     yes      -       -            -       -
      calibration_correct          yes   yes      yes     yes          -       -
      digest_collect               -     -        -       -            -       -
      digest_collected             -     yes      yes     yes          -       -
      digest_collected_percentile  -     -        -       -            -       -
      digest_collected_share_above -     -        -       -            -       -
      digest_combine               -     -        -       -            -       -
      digest_count                 -     yes      yes     yes          -       -
      digest_entries               -     yes      yes     yes          -       -
      digest_mean                  -     yes      yes     yes          -       -
      digest_p50                   -     -        -       -            -       -
      digest_p95                   -     -        -       -            -       -
      digest_p99                   -     -        -       -            -       -
      digest_percentiles           -     yes      yes     yes          -       -
      digest_ranks                 -     yes      yes     yes          -       -
      digest_share_above           -     yes      yes     yes          -       -
      distinct_users               -     yes      yes     yes          -       -
      is_semantic_version          -     -        -       -            -       -
      latency_p50                  -     yes      yes     yes          -       -
      latency_p95                  -     yes      yes     yes          -       -
      latency_p99                  -     yes      yes     yes          -       -
      latency_percentile           -     yes      yes     yes          -       -
      latency_share_above          -     yes      yes     yes          -       -
      minutes_text                 -     -        -       -            -       -
      operator_command_append      -     -        -       -            -       -
      registry_active_version      -     -        -       -            -       -
      registry_append              -     -        -       -            -       -
      registry_begin_change        -     -        -       -            -       -
      registry_check_definition    -     -        -       -            -       -
      registry_check_integrity     -     -        -       -            -       -
      registry_deploy              -     yes      -       -            -       -
      registry_deprecate           -     yes      -       -            -       -
      registry_failing_version     -     -        -       -            -       -
      registry_go_back             -     -        -       -            -       -
      registry_is_label            -     -        -       -            -       -
      registry_is_time             -     -        -       -            -       -
      registry_problem             -     -        -       -            -       -
      registry_reason              -     -        -       -            -       -
      registry_register            -     yes      -       -            -       -
      registry_rollback            -     yes      -       -            -       -
      registry_rollback_target     -     -        -       -            -       -
      registry_stage               -     yes      -       -            -       -
      registry_version             -     -        -       -            -       -
      retention_check              -     -        -       -            -       -
      retention_count              -     -        -       -            -       -
      retention_remove             -     -        -       -            -       -
      retention_source             -     -        -       -            -       -
      rollback_automatic           yes   -        -       -            -       -
      rollback_check_limits        -     -        -       -            -       -
      rollback_intervention_since  yes   yes      yes     yes          -       -
      rollback_record              -     -        -       -            -       -
      rollback_record_manual       -     -        -       -            -       -
      rollback_step                -     -        -       -            -       -
      rollback_verified_target     yes   -        -       -            -       -
      rollbacks_clear              -     yes      -       -            -       -
      sha256_hex                   yes   yes      yes     yes          yes     -
      silence_create               -     yes      -       -            -       -
      silence_end                  -     yes      -       -            -       -
      silence_matchers             -     -        -       -            -       -
      sketch_count                 -     yes      yes     yes          -       -
      sketch_coupon                -     yes      yes     yes          -       -
      sketch_estimate              -     yes      yes     yes          -       -
      sketch_wrapped               -     yes      yes     yes          -       -
      texts_of                     -     -        -       -            -       -
      time_text                    -     -        -       -            -       -
      tokens_percentile            -     yes      yes     yes          -       -
      tokens_share_above           -     yes      yes     yes          -       -
      """;

  /** Who may do what by the Java interface. */
  private static final String OPERATIONS =
      """
                              job   operator analyst investigator runtime stranger
      register                -     yes      -       -            -       -
      stage                   -     yes      -       -            -       -
      deploy                  -     yes      -       -            -       -
      roll back               -     yes      -       -            -       -
      deprecate               -     yes      -       -            -       -
      read active             -     yes      -       -            yes     -
      read active at a time   -     yes      -       -            -       -
      read a version          -     yes      -       -            -       -
      read all versions       -     yes      -       -            -       -
      read prompts            yes   yes      yes     yes          yes     -
      read history            yes   yes      yes     yes          -       -
      read changes            yes   yes      yes     yes          -       -
      verify                  -     yes      -       -            -       -
      """;

  private static PostgresPromptRegistry owner;

  @BeforeAll
  static void createUsers() {
    owner = new PostgresPromptRegistry(postgres.database());
    for (String user : USERS) {
      postgres.execute("CREATE ROLE test_" + user + " LOGIN PASSWORD 'sesame'");
      if (!user.equals("stranger")) {
        postgres.execute("GRANT promptmon_" + user + " TO test_" + user);
      }
    }
  }

  @AfterAll
  static void dropUsers() {
    owner.close();
    USERS.forEach(user -> postgres.execute("DROP ROLE test_" + user));
  }

  private static Database as(String user) {
    return RegistryDatabase.as("test_" + user, postgres.database());
  }

  private interface Probe {
    String result(String user) throws SQLException;
  }

  /** The table in the form of those above: what the probe of each row says for each user. */
  private static String table(String heading, Map<String, Probe> rows) throws SQLException {
    List<Integer> columns = USERS.stream().map(user -> heading.indexOf(user)).toList();
    StringBuilder table = new StringBuilder(heading).append('\n');
    for (Map.Entry<String, Probe> row : rows.entrySet()) {
      StringBuilder line = new StringBuilder(row.getKey());
      for (int i = 0; i < USERS.size(); i++) {
        line.append(" ".repeat(columns.get(i) - line.length()));
        line.append(row.getValue().result(USERS.get(i)));
      }
      table.append(line).append('\n');
    }
    return table.toString();
  }

  private static String heading(String table) {
    return table.substring(0, table.indexOf('\n'));
  }

  @Test
  void everyTable() throws Exception {
    String names =
        postgres.query(
            """
            SELECT c.relname, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = 1)
            FROM pg_class c
            WHERE c.relnamespace = 'promptmon'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            ORDER BY c.relname COLLATE "C"
            """);
    Map<String, Probe> rows = new LinkedHashMap<>();
    for (String line : names.lines().toList()) {
      String table = line.substring(0, line.indexOf('|'));
      String column = line.substring(line.indexOf('|') + 1);
      Map<String, String> statements = new LinkedHashMap<>();
      statements.put("S", "SELECT * FROM promptmon." + table);
      statements.put("I", "INSERT INTO promptmon." + table + " DEFAULT VALUES");
      statements.put(
          "U", "UPDATE promptmon." + table + " SET " + column + " = DEFAULT WHERE false");
      statements.put("D", "DELETE FROM promptmon." + table + " WHERE false");
      statements.put("T", "TRUNCATE promptmon." + table + " CASCADE");
      rows.put(
          table,
          user -> {
            StringBuilder letters = new StringBuilder();
            for (Map.Entry<String, String> statement : statements.entrySet()) {
              letters.append(may(user, statement.getValue()) ? statement.getKey() : "");
            }
            return letters.isEmpty() ? "-" : letters.toString();
          });
    }
    assertThat(table(heading(TABLES), rows)).isEqualTo(TABLES);
  }

  @Test
  void everyFunction() throws Exception {
    String names =
        postgres.query(
            """
            SELECT p.proname, (
              SELECT coalesce(string_agg('(SELECT NULL::' || t.typnamespace::regnamespace || '.' || t.typname || ')', ', ' ORDER BY n), '')
              FROM unnest(p.proargtypes) WITH ORDINALITY AS argument (oid, n) JOIN pg_type t ON t.oid = argument.oid)
            FROM pg_proc p
            WHERE p.pronamespace = 'promptmon'::regnamespace AND p.prorettype <> 'trigger'::regtype
            ORDER BY p.proname COLLATE "C"
            """);
    Map<String, Probe> rows = new LinkedHashMap<>();
    // Arguments in subqueries: a call with a constant NULL may never be made.
    for (String line : names.lines().toList()) {
      String function = line.substring(0, line.indexOf('|'));
      String call =
          "SELECT promptmon." + function + "(" + line.substring(line.indexOf('|') + 1) + ")";
      rows.put(function, user -> may(user, call) ? "yes" : "-");
    }
    assertThat(table(heading(FUNCTIONS), rows)).isEqualTo(FUNCTIONS);
  }

  /** Whether a statement is permitted; it may still be senseless. */
  private static boolean may(String user, String sql) throws SQLException {
    try (Connection connection = as(user).connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      try {
        statement.execute(sql);
        return true;
      } catch (SQLException e) {
        String state = e.getSQLState();
        // Not permitted, or not possible with such a relation.
        boolean refused = List.of("42501", "55000", "42809").contains(state);
        boolean senseless = List.of("22", "23", "PM").contains(state.substring(0, 2));
        assertThat(refused || senseless).as(sql + ": " + e.getMessage()).isTrue();
        return senseless;
      } finally {
        connection.rollback();
      }
    }
  }

  /** Something to do with a prompt whose versions 1.0.0 and 1.1.0 were deployed. */
  private interface Action {
    void by(PostgresPromptRegistry registry, String promptId);
  }

  @Test
  void everyOperation() throws Exception {
    Map<String, Action> actions = new LinkedHashMap<>();
    actions.put("register", (r, p) -> r.register(p, definition("1.2.0"), text("1.2.0")));
    actions.put("stage", (r, p) -> r.stage(p, v("0.9.0"), null));
    actions.put("deploy", (r, p) -> r.deploy(p, v("1.0.0"), null));
    actions.put("roll back", (r, p) -> r.rollback(p, null, "it fails"));
    actions.put("deprecate", (r, p) -> r.deprecate(p, v("1.0.0"), null));
    actions.put("read active", (r, p) -> r.getActive(p));
    actions.put("read active at a time", (r, p) -> r.getActive(p, Instant.now().plusSeconds(9)));
    actions.put("read a version", (r, p) -> r.version(p, v("1.0.0")));
    actions.put("read all versions", (r, p) -> r.versions(p));
    actions.put("read prompts", (r, p) -> r.promptIds());
    actions.put("read history", (r, p) -> r.history(p));
    actions.put("read changes", (r, p) -> r.changesAfter(0, 1));
    actions.put("verify", (r, p) -> r.verify());
    Map<String, Probe> rows = new LinkedHashMap<>();
    actions.forEach((name, action) -> rows.put(name, user -> tried(name, action, user)));
    assertThat(table(heading(OPERATIONS), rows)).isEqualTo(OPERATIONS);
  }

  private static String tried(String name, Action action, String user) {
    String promptId = (name + " by " + user).replace(' ', '-');
    deployTwo(promptId);
    long events = count("registry_event");
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(as(user))) {
      action.by(registry, promptId);
      if (count("registry_event") > events) {
        assertThat(lastActor()).isEqualTo("test_" + user);
      }
      return "yes";
    } catch (RegistryException e) {
      assertThat(e.reason()).as("%s", e).isEqualTo(Reason.NOT_AUTHORIZED);
      assertThat(e)
          .hasMessageStartingWith("test_" + user + " may not ")
          .hasMessageContaining(": that takes the role promptmon_")
          .message()
          .hasLineCount(1);
      assertThat(count("registry_event")).isEqualTo(events);
      return "-";
    }
  }

  private static void deployTwo(String promptId) {
    owner.execute(
        List.of(
            register(promptId, "0.9.0"),
            register(promptId, "1.0.0"),
            stage(promptId, "1.0.0"),
            deploy(promptId, "1.0.0"),
            register(promptId, "1.1.0"),
            stage(promptId, "1.1.0"),
            deploy(promptId, "1.1.0")));
  }

  private static long count(String table) {
    return Long.parseLong(postgres.query("SELECT count(*) FROM " + table));
  }

  private static String lastActor() {
    return postgres.query("SELECT actor FROM registry_event ORDER BY event_id DESC LIMIT 1");
  }

  @Test
  void aRefusalIsOneLineThatSaysWhatItTakes() {
    deployTwo("refusal");
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(as("analyst"))) {
      assertThat(
              catchThrowableOfType(
                  RegistryException.class, () -> registry.deploy("refusal", v("1.0.0"), null)))
          .hasMessage("test_analyst may not deploy: that takes the role promptmon_operator");
      assertThat(catchThrowableOfType(RegistryException.class, () -> registry.getActive("refusal")))
          .hasMessage(
              "test_analyst may not read active prompts: that takes the role promptmon_runtime or"
                  + " promptmon_operator");
    }
  }

  @Test
  void theActorIsWhoLoggedInWhateverTheyClaim() throws Exception {
    deployTwo("actor");
    try (Connection connection = as("operator").connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE promptmon_operator");
      statement.execute("SET application_name = 'tester'");
      statement.execute("SELECT promptmon.registry_deploy('actor', '1.0.0')");
    }
    assertThat(lastActor()).isEqualTo("test_operator");
  }

  @Test
  void theJobSwitchesOnlyByARollbackOnceForEachDecision() {
    deployTwo("auto");
    try (PostgresRollbacks job = new PostgresRollbacks(as("job"))) {
      assertRefused(
          () -> job.switchBack(Demands.order("auto", "1.0.0", "d1")),
          Reason.ILLEGAL_TRANSITION,
          "auto@1.0.0 is not active, 1.1.0 is; there is nothing to roll back");
      RollbackOrder decision = Demands.order("auto", "1.1.0", "d1");
      long event = job.switchBack(decision).registryEventId();
      assertThat(active("auto")).isEqualTo("1.0.0");
      assertThat(
              postgres.query(
                  "SELECT kind, from_version, to_version, actor, reason, decision_id FROM registry_event"
                      + " WHERE event_id = "
                      + event))
          .isEqualTo("rolled_back|1.1.0|1.0.0|test_job|it fails|d1");
      // The same decision again, even after somebody else has deployed.
      assertThat(job.switchBack(decision).registryEventId()).isEqualTo(event);
      postgres.execute("SELECT registry_deploy('auto', '1.1.0')");
      assertThat(job.switchBack(decision).registryEventId()).isEqualTo(event);
      assertThat(active("auto")).isEqualTo("1.1.0");
      RegistryDatabase.letTimePass(postgres.database(), Duration.ofMinutes(15));
      assertThat(job.switchBack(Demands.order("auto", "1.1.0", "d2")).registryEventId())
          .isGreaterThan(event);
      RegistryDatabase.letTimePass(postgres.database(), Duration.ofMinutes(15));
      assertRefused(
          () -> job.switchBack(Demands.order("auto", "1.0.0", "d3")),
          Reason.INVALID_ROLLBACK_TARGET,
          "auto@1.0.0 has no rollback reference; name the version to go back to");
    }
  }

  @Test
  void aVersionThatIsNotToBeRolledBackAutomaticallyIsNot() {
    deployTwo("manual");
    postgres.execute(
        """
        SELECT registry_register('manual', json_build_object('PromptVersion', json_build_object(
          'version_id', '2.0.0', 'prompt_hash', sha256_hex('Hi'), 'rollback', json_build_object('auto_rollback_enabled', false))), 'Hi');
        SELECT registry_stage('manual', '2.0.0');
        SELECT registry_deploy('manual', '2.0.0')
        """);
    try (PostgresRollbacks job = new PostgresRollbacks(as("job"))) {
      assertThat(job.verifiedTarget("manual", "2.0.0")).isEqualTo("1.1.0");
      assertRefused(
          () -> job.switchBack(Demands.order("manual", "2.0.0", "d9")),
          Reason.AUTO_ROLLBACK_DISABLED,
          "manual@2.0.0 is not to be rolled back automatically (auto_rollback_enabled: false); an"
              + " operator can");
    }
    assertThat(active("manual")).isEqualTo("2.0.0");
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    RegistryException e = catchThrowableOfType(RegistryException.class, call);
    assertThat(e).hasMessage(message);
    assertThat(e.reason()).isEqualTo(reason);
  }

  private static String active(String promptId) {
    return postgres.query(
        "SELECT version_id FROM prompt_version WHERE status = 'active' AND prompt_id = '"
            + promptId
            + "'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE promptmon.registry_event SET actor = 'somebody'",
        "UPDATE promptmon.operator_command SET actor = 'somebody'",
        "SET session_replication_role = replica",
        "ALTER TABLE promptmon.registry_event DISABLE TRIGGER ALL",
        "DROP TRIGGER registry_event_is_kept ON promptmon.registry_event",
        "ALTER TABLE promptmon.prompt_version DROP CONSTRAINT prompt_hash_of_text",
        "CREATE OR REPLACE FUNCTION promptmon.sha256_hex(content text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
        "CREATE TABLE promptmon.mine (i int)",
        "CREATE FUNCTION promptmon.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT FROM promptmon.registry_lock FOR UPDATE",
        "LOCK TABLE promptmon.registry_lock",
        "SELECT FROM promptmon.prompt_version FOR UPDATE",
        "SET SESSION AUTHORIZATION tester",
        "SET ROLE tester",
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (i int)",
        "CREATE VIEW promptmon.mine AS SELECT 1",
        "CREATE INDEX ON promptmon.window_metrics (updated_at)",
        "COMMENT ON TABLE promptmon.window_metrics IS 'mine'",
        "CREATE ROLE mine",
        "GRANT promptmon_maintenance TO CURRENT_USER",
        "ALTER ROLE CURRENT_USER SUPERUSER",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "COPY (SELECT 1) TO '/tmp/mine'",
        "SELECT pg_read_file('PG_VERSION')",
      })
  void anOperatorCannotRewriteHistoryOrHoldUpOthers(String sql) throws Exception {
    assertThat(may("operator", sql)).isFalse();
    assertThat(may("job", sql)).isFalse();
    assertThat(may("analyst", sql)).isFalse();
  }

  @Test
  void tablesOfTheSessionDoNotStandInForTheRegistrys() throws Exception {
    deployTwo("shadowed");
    try (Connection connection = as("operator").connect();
        Statement statement = connection.createStatement()) {
      for (String table : List.of("registry_event", "registry_lock", "prompt")) {
        statement.execute("CREATE TEMPORARY TABLE " + table + " (id int)");
      }
      statement.execute(
          "CREATE TEMPORARY TABLE prompt_version AS SELECT * FROM promptmon.prompt_version");
      statement.execute("SET search_path = pg_temp, promptmon");
      statement.execute("SELECT promptmon.registry_deploy('shadowed', '1.0.0')");
    }
    assertThat(active("shadowed")).isEqualTo("1.0.0");
  }

  @Test
  void aRuntimeCannotReadWhatIsNotActive() throws Exception {
    deployTwo("hidden");
    try (Connection connection = as("runtime").connect();
        Statement statement = connection.createStatement()) {
      // Cheaper than the view's own filter, so that it would be asked first.
      statement.execute(
          """
          CREATE FUNCTION pg_temp.seen(text text) RETURNS boolean COST 0.0001 LANGUAGE plpgsql AS
          $$ BEGIN RAISE WARNING 'seen: %', text; RETURN true; END $$
          """);
      String query =
          "SELECT version_id FROM promptmon.active_prompt"
              + " WHERE pg_temp.seen(prompt_text) AND prompt_id = 'hidden'";
      try (ResultSet rows = statement.executeQuery(query)) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("1.1.0");
        assertThat(rows.next()).isFalse();
      }
      List<String> seen = new ArrayList<>();
      for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        seen.add(w.getMessage());
      }
      assertThat(seen).containsExactly("seen: " + text("1.1.0"));
    }
  }

  @Test
  void everyViewThatHidesRowsIsABarrier() {
    // Views that choose rows, and that somebody may read who may not read what is under them.
    assertThat(
            postgres.query(
                """
                SELECT DISTINCT v.relname, coalesce(v.reloptions::text, '-')
                FROM pg_class v, aclexplode(v.relacl) AS granted, pg_rewrite r, pg_depend d
                WHERE v.relnamespace = 'promptmon'::regnamespace AND v.relkind = 'v'
                  AND pg_get_viewdef(v.oid) ~ '\\m(WHERE|JOIN|HAVING|DISTINCT|LIMIT|OFFSET|EXCEPT|INTERSECT)\\M'
                  AND r.ev_class = v.oid
                  AND d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> v.oid
                  AND NOT has_table_privilege(granted.grantee, d.refobjid, 'SELECT')
                """))
        .isEqualTo("active_prompt|{security_barrier=true}");
  }

  @Test
  void aRuntimeHearsOfChanges() throws Exception {
    assertThat(may("runtime", "LISTEN promptmon_registry")).isTrue();
    assertThat(may("runtime", "SELECT prompt_id FROM promptmon.prompt")).isTrue();
    assertThat(may("runtime", "SELECT created_by FROM promptmon.prompt")).isFalse();
  }

  @Test
  void nobodyElseHasAnyRight() {
    assertThatThrownBy(
            () -> RegistryDatabase.execute(as("stranger"), "SELECT 1 FROM promptmon.prompt"))
        .rootCause()
        .hasMessageContaining("permission denied for schema promptmon");
    assertThat(
            postgres.query(
                """
                SELECT c.relname FROM pg_class c, aclexplode(c.relacl) AS granted
                WHERE c.relnamespace = 'promptmon'::regnamespace AND granted.grantee = 0
                UNION ALL
                SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS granted
                WHERE p.pronamespace = 'promptmon'::regnamespace AND granted.grantee = 0
                """))
        .as("what everybody may use; a migration that adds a function has to revoke that")
        .isEmpty();
  }

  @Test
  void everyFunctionWithRightsOfItsOwnHasAFixedSearchPath() {
    assertThat(
            postgres.query(
                """
                SELECT proname FROM pg_proc
                WHERE pronamespace = 'promptmon'::regnamespace AND prosecdef
                  AND NOT coalesce(proconfig, '{}') @> ARRAY['search_path=promptmon, pg_temp']
                """))
        .isEmpty();
  }
}
