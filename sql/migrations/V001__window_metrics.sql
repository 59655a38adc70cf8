-- The metrics of every prompt version in every tumbling window: the job's main table.
-- A metric's column is named and typed as the constant of io.promptmonitor.common.metrics.Metric; a test compares the two.

CREATE SCHEMA IF NOT EXISTS promptmon;
COMMENT ON SCHEMA promptmon IS 'Prompt Monitor: metrics of LLM prompt versions in production. Times are UTC, latencies milliseconds, rates 0 to 1, qualities 0 to 10.';

CREATE TABLE promptmon.window_metrics (
    prompt_id                   text             NOT NULL,
    prompt_version              text             NOT NULL,
    window_size                 text             NOT NULL,
    window_start                timestamptz      NOT NULL,
    window_end                  timestamptz      NOT NULL,
    is_final                    boolean          NOT NULL,
    revision                    integer          NOT NULL,

    execution_count             bigint           NOT NULL,
    unique_users                bigint,
    success_count               bigint           NOT NULL,
    failure_count               bigint           NOT NULL,
    success_rate                double precision,
    error_rate                  double precision,
    latency_p50                 double precision,
    latency_p95                 double precision,
    latency_p99                 double precision,
    latency_avg                 double precision,
    avg_input_tokens            double precision,
    avg_output_tokens           double precision,
    avg_total_tokens            double precision,
    total_tokens                bigint           NOT NULL,
    avg_user_feedback           double precision,
    feedback_count              bigint           NOT NULL,
    user_feedback_negative_rate double precision,
    avg_automated_score         double precision,
    automated_score_count       bigint           NOT NULL,
    avg_calibration_delta       double precision,
    calibration_bias            double precision,
    consistency_rate            double precision,
    errors_by_type              jsonb            NOT NULL,
    top_errors                  jsonb            NOT NULL,
    branch_distribution         jsonb            NOT NULL,
    model_distribution          jsonb            NOT NULL,
    latency_digest              bytea,
    tokens_digest               bytea,
    users_sketch                bytea,

    updated_at                  timestamptz      NOT NULL DEFAULT now(),

    CONSTRAINT window_metrics_pkey PRIMARY KEY (prompt_id, prompt_version, window_size, window_start),

    CONSTRAINT prompt_id_length            CHECK (char_length(prompt_id) BETWEEN 1 AND 256),
    CONSTRAINT prompt_version_length       CHECK (char_length(prompt_version) BETWEEN 1 AND 64),
    CONSTRAINT window_length               CHECK (window_end - window_start = CASE window_size
                                                      WHEN '1m' THEN interval '1 minute'
                                                      WHEN '5m' THEN interval '5 minutes'
                                                      WHEN '1h' THEN interval '1 hour'
                                                      WHEN '24h' THEN interval '24 hours'
                                                      WHEN '7d' THEN interval '168 hours'
                                                  END),
    CONSTRAINT revision_positive           CHECK (revision >= 1),
    CONSTRAINT counts_not_negative         CHECK (success_count >= 0 AND failure_count >= 0 AND unique_users >= 0 AND total_tokens >= 0),
    CONSTRAINT executions_add_up           CHECK (execution_count = success_count + failure_count),
    CONSTRAINT rates_in_range              CHECK (success_rate BETWEEN 0 AND 1 AND error_rate BETWEEN 0 AND 1 AND consistency_rate BETWEEN 0 AND 1),
    CONSTRAINT latencies_not_negative      CHECK (latency_p50 >= 0 AND latency_p95 >= 0 AND latency_p99 >= 0 AND latency_avg >= 0),
    CONSTRAINT tokens_not_negative         CHECK (avg_input_tokens >= 0 AND avg_output_tokens >= 0 AND avg_total_tokens >= 0),
    CONSTRAINT feedback_in_range           CHECK (feedback_count >= 0 AND avg_user_feedback BETWEEN 1 AND 5 AND user_feedback_negative_rate BETWEEN 0 AND 1),
    CONSTRAINT automated_score_in_range    CHECK (automated_score_count >= 0 AND avg_automated_score BETWEEN 0 AND 10),
    CONSTRAINT calibration_in_range        CHECK (avg_calibration_delta BETWEEN 0 AND 10 AND calibration_bias BETWEEN -10 AND 10),
    CONSTRAINT errors_by_type_is_object    CHECK (jsonb_typeof(errors_by_type) = 'object'),
    CONSTRAINT top_errors_is_array         CHECK (jsonb_typeof(top_errors) = 'array'),
    CONSTRAINT branch_distribution_is_object CHECK (jsonb_typeof(branch_distribution) = 'object'),
    CONSTRAINT model_distribution_is_object  CHECK (jsonb_typeof(model_distribution) = 'object')
) PARTITION BY LIST (window_size);

-- Room in each page for the rows that are rewritten while their window is open: no index entry changes then.
CREATE TABLE promptmon.window_metrics_1m  PARTITION OF promptmon.window_metrics FOR VALUES IN ('1m');
CREATE TABLE promptmon.window_metrics_5m  PARTITION OF promptmon.window_metrics FOR VALUES IN ('5m');
CREATE TABLE promptmon.window_metrics_1h  PARTITION OF promptmon.window_metrics FOR VALUES IN ('1h')  WITH (fillfactor = 70);
CREATE TABLE promptmon.window_metrics_24h PARTITION OF promptmon.window_metrics FOR VALUES IN ('24h') WITH (fillfactor = 50);
CREATE TABLE promptmon.window_metrics_7d  PARTITION OF promptmon.window_metrics FOR VALUES IN ('7d')  WITH (fillfactor = 50);

-- Each partition holds one window_size, so these serve "window_size = … AND window_start …" too, and retention by age.
CREATE INDEX window_metrics_window_start ON promptmon.window_metrics (window_start);
CREATE INDEX window_metrics_prompt_id_window_start ON promptmon.window_metrics (prompt_id, window_start);

COMMENT ON TABLE promptmon.window_metrics IS 'One row per prompt version and tumbling window that had executions. Partitioned by window_size. What cannot be known is NULL, never 0.';
COMMENT ON TABLE promptmon.window_metrics_1m  IS 'Rows of window_metrics with window_size 1m; query window_metrics.';
COMMENT ON TABLE promptmon.window_metrics_5m  IS 'Rows of window_metrics with window_size 5m; query window_metrics.';
COMMENT ON TABLE promptmon.window_metrics_1h  IS 'Rows of window_metrics with window_size 1h; query window_metrics.';
COMMENT ON TABLE promptmon.window_metrics_24h IS 'Rows of window_metrics with window_size 24h; query window_metrics.';
COMMENT ON TABLE promptmon.window_metrics_7d  IS 'Rows of window_metrics with window_size 7d; query window_metrics.';

COMMENT ON COLUMN promptmon.window_metrics.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.window_metrics.prompt_version IS 'Version of the prompt, as the producer reported it.';
COMMENT ON COLUMN promptmon.window_metrics.window_size IS 'Length of the window: 1m, 5m, 1h, 24h or 7d. Days are UTC, weeks begin on Monday.';
COMMENT ON COLUMN promptmon.window_metrics.window_start IS 'Start of the window in event time, inclusive.';
COMMENT ON COLUMN promptmon.window_metrics.window_end IS 'End of the window in event time, exclusive.';
COMMENT ON COLUMN promptmon.window_metrics.is_final IS 'Whether the window has ended. Late executions and late feedback may still correct the row.';
COMMENT ON COLUMN promptmon.window_metrics.revision IS 'How many times this window was computed: 1 for the first row, one more with each rewrite.';
COMMENT ON COLUMN promptmon.window_metrics.execution_count IS 'Number of executions.';
COMMENT ON COLUMN promptmon.window_metrics.unique_users IS 'Number of distinct users: exact for few, an estimate for many. NULL if no execution named its user.';
COMMENT ON COLUMN promptmon.window_metrics.success_count IS 'Number of executions that succeeded.';
COMMENT ON COLUMN promptmon.window_metrics.failure_count IS 'Number of executions that failed.';
COMMENT ON COLUMN promptmon.window_metrics.success_rate IS 'success_count / execution_count, 0 to 1.';
COMMENT ON COLUMN promptmon.window_metrics.error_rate IS 'failure_count / execution_count, 0 to 1.';
COMMENT ON COLUMN promptmon.window_metrics.latency_p50 IS 'Median latency of all executions, failed ones included, in milliseconds.';
COMMENT ON COLUMN promptmon.window_metrics.latency_p95 IS '95th percentile of the latency in milliseconds.';
COMMENT ON COLUMN promptmon.window_metrics.latency_p99 IS '99th percentile of the latency in milliseconds.';
COMMENT ON COLUMN promptmon.window_metrics.latency_avg IS 'Mean latency in milliseconds.';
COMMENT ON COLUMN promptmon.window_metrics.avg_input_tokens IS 'Mean number of input tokens of an execution.';
COMMENT ON COLUMN promptmon.window_metrics.avg_output_tokens IS 'Mean number of output tokens of an execution.';
COMMENT ON COLUMN promptmon.window_metrics.avg_total_tokens IS 'Mean number of input and output tokens of an execution.';
COMMENT ON COLUMN promptmon.window_metrics.total_tokens IS 'Input and output tokens of all executions.';
COMMENT ON COLUMN promptmon.window_metrics.avg_user_feedback IS 'Mean rating, 1 to 5. NULL without ratings.';
COMMENT ON COLUMN promptmon.window_metrics.feedback_count IS 'Number of ratings.';
COMMENT ON COLUMN promptmon.window_metrics.user_feedback_negative_rate IS 'Share of the ratings that are 1 or 2, 0 to 1. NULL without ratings.';
COMMENT ON COLUMN promptmon.window_metrics.avg_automated_score IS 'Mean automated score, 0 to 10. NULL without scores.';
COMMENT ON COLUMN promptmon.window_metrics.automated_score_count IS 'Number of automated scores.';
COMMENT ON COLUMN promptmon.window_metrics.avg_calibration_delta IS 'Absolute difference between the predicted quality of the version and the mean actual quality, 0 to 10. NULL if either is unknown.';
COMMENT ON COLUMN promptmon.window_metrics.calibration_bias IS 'Predicted quality of the version minus the mean actual quality, -10 to 10: positive if the prediction was too good. NULL if either is unknown.';
COMMENT ON COLUMN promptmon.window_metrics.consistency_rate IS 'Of the executions whose input was seen more than once in the window, the share with the most frequent output for that input, 0 to 1. NULL if no input was seen twice.';
COMMENT ON COLUMN promptmon.window_metrics.errors_by_type IS 'Failures by error type: an object {"timeout": 3, …}. Rare types beyond a limit are counted as "(other)".';
COMMENT ON COLUMN promptmon.window_metrics.top_errors IS 'The five most frequent error types, most frequent first: an array [{"error_type": "timeout", "count": 3}, …].';
COMMENT ON COLUMN promptmon.window_metrics.branch_distribution IS 'Executions by conditional path: an object {"path": count, …}.';
COMMENT ON COLUMN promptmon.window_metrics.model_distribution IS 'Executions by model: an object {"model": count, …}.';
COMMENT ON COLUMN promptmon.window_metrics.latency_digest IS 'Distribution of the latencies, for latency_percentile and others, which take it over any rows.';
COMMENT ON COLUMN promptmon.window_metrics.tokens_digest IS 'Distribution of the tokens of an execution, for tokens_percentile and others, which take it over any rows.';
COMMENT ON COLUMN promptmon.window_metrics.users_sketch IS 'The distinct users as hashes, for distinct_users, which counts them over any rows. NULL if no execution named its user.';
COMMENT ON COLUMN promptmon.window_metrics.updated_at IS 'When the row was last written (clock of the database).';
