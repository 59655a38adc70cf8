-- What Prompt Monitor writes, as it is when it is read: tables and views of PostgreSQL, whose columns docs/tables.md explains. They are read-only.
-- Columns of JSON and intervals are left out: Flink's JDBC connector cannot read them. Times are UTC. Where the database is, and the password, the
-- processes of Flink know from their environment: PROMPTMON_DB_URL, PROMPTMON_DB_USER and PROMPTMON_DB_PASSWORD. Rows are fetched by the thousand:
-- without that, the driver would hold all of them at once.

-- The metrics of every prompt version in every window: always say which window_size, it is what makes the query fast.
CREATE TABLE IF NOT EXISTS window_metrics (
    prompt_id                   STRING,
    prompt_version              STRING,
    window_size                 STRING,
    window_start                TIMESTAMP(3),
    window_end                  TIMESTAMP(3),
    is_final                    BOOLEAN,
    revision                    INT,
    execution_count             BIGINT,
    unique_users                BIGINT,
    success_count               BIGINT,
    failure_count               BIGINT,
    success_rate                DOUBLE,
    error_rate                  DOUBLE,
    latency_p50                 DOUBLE,
    latency_p95                 DOUBLE,
    latency_p99                 DOUBLE,
    latency_avg                 DOUBLE,
    avg_input_tokens            DOUBLE,
    avg_output_tokens           DOUBLE,
    avg_total_tokens            DOUBLE,
    total_tokens                BIGINT,
    avg_user_feedback           DOUBLE,
    feedback_count              BIGINT,
    user_feedback_negative_rate DOUBLE,
    avg_automated_score         DOUBLE,
    automated_score_count       BIGINT,
    avg_calibration_delta       DOUBLE,
    calibration_bias            DOUBLE,
    consistency_rate            DOUBLE,
    latency_digest              BYTES,
    tokens_digest               BYTES,
    users_sketch                BYTES,
    updated_at                  TIMESTAMP(3),
    PRIMARY KEY (prompt_id, prompt_version, window_size, window_start) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'io.promptmonitor.database.driver.EnvironmentDriver',
    'url' = 'jdbc:postgresql:environment',
    'table-name' = 'promptmon.window_metrics',
    'scan.auto-commit' = 'false',
    'scan.fetch-size' = '1000'
);

-- The five most frequent error types of each version and day.
CREATE TABLE IF NOT EXISTS top_errors_by_prompt (
    prompt_id           STRING,
    prompt_version      STRING,
    `day`               TIMESTAMP(3),
    `rank`              INT,
    error_type          STRING,
    failures            BIGINT,
    execution_count     BIGINT,
    share_of_executions DOUBLE
) WITH (
    'connector' = 'jdbc',
    'driver' = 'io.promptmonitor.database.driver.EnvironmentDriver',
    'url' = 'jdbc:postgresql:environment',
    'table-name' = 'promptmon.top_errors_by_prompt',
    'scan.auto-commit' = 'false',
    'scan.fetch-size' = '1000'
);

-- The alerts, what became of them and who was told.
CREATE TABLE IF NOT EXISTS alert_history (
    alert_id             STRING,
    prompt_id            STRING,
    prompt_version       STRING,
    rule                 STRING,
    kind                 STRING,
    severity             STRING,
    `condition`          STRING,
    actions              ARRAY<STRING>,
    phase                STRING,
    cause                STRING,
    pending_since        TIMESTAMP(3),
    fired_at             TIMESTAMP(3),
    ended_at             TIMESTAMP(3),
    metric               STRING,
    `value`              DOUBLE,
    operator             STRING,
    threshold            DOUBLE,
    baseline             DOUBLE,
    sample_count         BIGINT,
    evidence             DOUBLE,
    flagged_for_review   BOOLEAN,
    told_at              TIMESTAMP(3),
    messages             INT,
    notifications_sent   BIGINT,
    notifications_unsent BIGINT,
    acknowledged_at      TIMESTAMP(3),
    acknowledged_by      STRING,
    acknowledged_comment STRING,
    escalated_at         TIMESTAMP(3),
    muted_by             STRING,
    escalation_due_at    TIMESTAMP(3),
    `rollback`           STRING,
    PRIMARY KEY (alert_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'io.promptmonitor.database.driver.EnvironmentDriver',
    'url' = 'jdbc:postgresql:environment',
    'table-name' = 'promptmon.alert_history',
    'scan.auto-commit' = 'false',
    'scan.fetch-size' = '1000'
);

-- Rollbacks, and those that were refused.
CREATE TABLE IF NOT EXISTS rollback_history (
    rollback_id           STRING,
    kind                  STRING,
    prompt_id             STRING,
    from_version          STRING,
    to_version            STRING,
    status                STRING,
    refusal               STRING,
    refusal_reason        STRING,
    requested_by          STRING,
    reason                STRING,
    happened_at           TIMESTAMP(3),
    alert_id              STRING,
    rule                  STRING,
    `condition`           STRING,
    severity              STRING,
    confidence            STRING,
    metric                STRING,
    `value`               DOUBLE,
    operator              STRING,
    threshold             DOUBLE,
    sample_count          BIGINT,
    pending_since         TIMESTAMP(3),
    firing_since          TIMESTAMP(3),
    triggered_at          TIMESTAMP(3),
    switched_at           TIMESTAMP(3),
    seconds_to_switch     DOUBLE,
    e_value               DOUBLE,
    e_value_needed        DOUBLE,
    counted               BIGINT,
    executions            BIGINT,
    slower_than_ms        DOUBLE,
    reference             DOUBLE,
    reference_executions  BIGINT,
    watch_until           TIMESTAMP(3),
    outcome               STRING,
    outcome_reason        STRING,
    outcome_at            TIMESTAMP(3),
    straggler_executions  BIGINT,
    straggler_share       DOUBLE,
    straggler_lag_seconds DOUBLE,
    registry_event_id     BIGINT,
    PRIMARY KEY (rollback_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'io.promptmonitor.database.driver.EnvironmentDriver',
    'url' = 'jdbc:postgresql:environment',
    'table-name' = 'promptmon.rollback_history',
    'scan.auto-commit' = 'false',
    'scan.fetch-size' = '1000'
);

-- The versions in the registry.
CREATE TABLE IF NOT EXISTS registered_version (
    prompt_id             STRING,
    version_id            STRING,
    status                STRING,
    deprecation           STRING,
    deployed_at           TIMESTAMP(3),
    deployed_by           STRING,
    rollback_reference    STRING,
    auto_rollback_enabled BOOLEAN,
    created_at            TIMESTAMP(3),
    created_by            STRING,
    registered_at         TIMESTAMP(3),
    registered_by         STRING,
    exploration_path      STRING,
    techniques            ARRAY<STRING>,
    complexity            STRING,
    predicted_quality     DOUBLE,
    baseline_accuracy     DOUBLE,
    baseline_latency_p50  DOUBLE,
    baseline_latency_p95  DOUBLE,
    prompt_hash           STRING,
    content_hash          STRING,
    PRIMARY KEY (prompt_id, version_id) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'io.promptmonitor.database.driver.EnvironmentDriver',
    'url' = 'jdbc:postgresql:environment',
    'table-name' = 'promptmon.registered_version',
    'scan.auto-commit' = 'false',
    'scan.fetch-size' = '1000'
);

-- The records that were not counted.
CREATE TABLE IF NOT EXISTS dead_letter (
    source      STRING,
    `position`  BIGINT,
    reason      STRING,
    detail      STRING,
    length      INT,
    sha256      STRING,
    event_time  TIMESTAMP(3),
    received_at TIMESTAMP(3),
    PRIMARY KEY (source, `position`, reason) NOT ENFORCED
) WITH (
    'connector' = 'jdbc',
    'driver' = 'io.promptmonitor.database.driver.EnvironmentDriver',
    'url' = 'jdbc:postgresql:environment',
    'table-name' = 'promptmon.dead_letter',
    'scan.auto-commit' = 'false',
    'scan.fetch-size' = '1000'
);
