-- The topic that applications log to, as docs/execution-records.md says: executions and feedback events are in the same one.
-- Where the broker is and how it is read can be changed afterwards: ALTER TABLE records SET ('properties.bootstrap.servers' = '…').

CREATE TABLE IF NOT EXISTS records (
    execution_id        STRING,
    prompt_id           STRING,
    prompt_version      STRING,
    `timestamp`         STRING,
    performance         ROW<latency_ms INT, input_tokens INT, output_tokens INT, total_tokens INT>,
    outcome             ROW<success BOOLEAN, error_type STRING>,
    quality             ROW<user_feedback INT, automated_score DOUBLE>,
    context             ROW<model_used STRING, conditional_path STRING, user_id STRING>,
    -- Of feedback events only:
    execution_timestamp STRING,
    user_feedback       INT,
    automated_score     DOUBLE,
    written_at          TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
    `partition`         INT METADATA VIRTUAL,
    `offset`            BIGINT METADATA VIRTUAL,
    event_time          AS record_time(`timestamp`, written_at),
    -- As max_out_of_orderness and idle_timeout of the monitoring job are unless configured.
    WATERMARK FOR event_time AS event_time - INTERVAL '10' SECOND
) WITH (
    'connector' = 'kafka',
    'topic' = 'executions',
    'properties.bootstrap.servers' = 'kafka:9092',
    'properties.group.id' = 'promptmon-sql',
    -- Offsets are in Flink's state, if anywhere: a query says where it begins.
    'scan.startup.mode' = 'earliest-offset',
    'scan.watermark.idle-timeout' = '1 min',
    'format' = 'json',
    'json.ignore-parse-errors' = 'true'
);

-- Records with missing or impossible fields are left out. The monitoring job is stricter about types, lengths and hashes, and leaves out retries
-- and late ones as well.
CREATE VIEW IF NOT EXISTS executions AS
    SELECT execution_id, prompt_id, prompt_version, event_time,
        performance.latency_ms, performance.input_tokens, performance.output_tokens, performance.total_tokens,
        outcome.success, outcome.error_type,
        quality.user_feedback, quality.automated_score,
        context.model_used, context.conditional_path, context.user_id
    FROM records
    WHERE execution_timestamp IS NULL
        AND execution_id <> '' AND prompt_id <> '' AND prompt_version <> ''
        AND event_time > TO_TIMESTAMP_LTZ(0, 3)
        AND performance.latency_ms >= 0 AND performance.input_tokens >= 0 AND performance.output_tokens >= 0
        AND performance.input_tokens + performance.output_tokens = performance.total_tokens
        AND outcome.success IS NOT NULL
        AND (quality.user_feedback IS NULL OR quality.user_feedback BETWEEN 1 AND 5)
        AND (quality.automated_score IS NULL OR quality.automated_score BETWEEN 0 AND 10);

-- Ratings and scores that came after their execution.
CREATE VIEW IF NOT EXISTS feedback AS
    SELECT execution_id, prompt_id, prompt_version, event_time, record_time(execution_timestamp, written_at) AS execution_time,
        user_feedback, automated_score
    FROM records
    WHERE execution_timestamp IS NOT NULL
        AND execution_id <> '' AND prompt_id <> '' AND prompt_version <> ''
        AND event_time > TO_TIMESTAMP_LTZ(0, 3)
        AND record_time(execution_timestamp, written_at) > TO_TIMESTAMP_LTZ(0, 3)
        AND (user_feedback IS NOT NULL OR automated_score IS NOT NULL)
        AND (user_feedback IS NULL OR user_feedback BETWEEN 1 AND 5)
        AND (automated_score IS NULL OR automated_score BETWEEN 0 AND 10);
