-- The daily reports: one row per prompt and day. Written by a job that makes the whole report again each time, so that a row is always
-- consistent in itself. The figures people ask for most are columns of their own; they are the same as in report.

CREATE TABLE promptmon.daily_report (
    prompt_id          text             NOT NULL,
    report_date        date             NOT NULL,
    revision           integer          NOT NULL,
    is_final           boolean          NOT NULL,
    active_version     text,

    executions         bigint           NOT NULL,
    success_rate       double precision,
    success_rate_n     bigint           NOT NULL,
    success_rate_lower double precision,
    success_rate_upper double precision,
    latency_avg        double precision,
    latency_p50        double precision,
    latency_p95        double precision,
    latency_p99        double precision,
    avg_total_tokens   double precision,
    user_satisfaction  double precision,
    feedback_count     bigint           NOT NULL,
    automated_score_count bigint        NOT NULL,
    calibration_delta  double precision,
    calibration_status text,
    warning_alerts     bigint           NOT NULL,
    critical_alerts    bigint           NOT NULL,
    rollbacks          bigint           NOT NULL,
    checks_failed      integer          NOT NULL,
    checks             integer          NOT NULL,

    report             jsonb            NOT NULL,
    markdown           text             NOT NULL,
    generated_at       timestamptz      NOT NULL DEFAULT now(),

    CONSTRAINT daily_report_pkey PRIMARY KEY (prompt_id, report_date),

    CONSTRAINT prompt_id_length         CHECK (char_length(prompt_id) BETWEEN 1 AND 256),
    CONSTRAINT revision_positive        CHECK (revision >= 1),
    CONSTRAINT counts_not_negative      CHECK (executions >= 0 AND success_rate_n >= 0 AND feedback_count >= 0 AND automated_score_count >= 0
                                               AND warning_alerts >= 0 AND critical_alerts >= 0 AND rollbacks >= 0),
    CONSTRAINT checks_failed_of_checks  CHECK (checks_failed BETWEEN 0 AND checks),
    CONSTRAINT rate_in_range            CHECK (success_rate BETWEEN 0 AND 1),
    CONSTRAINT satisfaction_in_range    CHECK (user_satisfaction BETWEEN 1 AND 5),
    CONSTRAINT calibration_in_range     CHECK (calibration_delta BETWEEN 0 AND 10),
    CONSTRAINT calibration_status_known CHECK (calibration_status IN ('well_calibrated', 'minor_drift', 'significant_drift')),
    CONSTRAINT report_is_object         CHECK (jsonb_typeof(report) = 'object')
);

CREATE INDEX daily_report_report_date ON promptmon.daily_report (report_date);

REVOKE ALL ON promptmon.daily_report FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON promptmon.daily_report TO promptmon_job;
GRANT SELECT ON promptmon.daily_report TO promptmon_operator, promptmon_analyst, promptmon_investigator;

COMMENT ON TABLE promptmon.daily_report IS 'One row per prompt and day that was reported: the latest edition of the report, over the executions of all versions.';
COMMENT ON COLUMN promptmon.daily_report.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.daily_report.report_date IS 'The day (UTC).';
COMMENT ON COLUMN promptmon.daily_report.revision IS 'How many times the day was reported: 1 for the first edition, one more with each further one.';
COMMENT ON COLUMN promptmon.daily_report.is_final IS 'Whether nothing of the report changes any more; why not is in report, under completeness.';
COMMENT ON COLUMN promptmon.daily_report.active_version IS 'The version that was active when the day ended. NULL if none was.';
COMMENT ON COLUMN promptmon.daily_report.executions IS 'Number of executions.';
COMMENT ON COLUMN promptmon.daily_report.success_rate IS 'Share of the executions that succeeded, 0 to 1. NULL without executions.';
COMMENT ON COLUMN promptmon.daily_report.success_rate_n IS 'Of how many executions success_rate is the share.';
COMMENT ON COLUMN promptmon.daily_report.success_rate_lower IS 'Lower limit of the 95 % interval of success_rate.';
COMMENT ON COLUMN promptmon.daily_report.success_rate_upper IS 'Upper limit of the 95 % interval of success_rate.';
COMMENT ON COLUMN promptmon.daily_report.latency_avg IS 'Mean latency in milliseconds.';
COMMENT ON COLUMN promptmon.daily_report.latency_p50 IS 'Median latency in milliseconds, from the merged distributions of all versions.';
COMMENT ON COLUMN promptmon.daily_report.latency_p95 IS '95th percentile of the latency in milliseconds, likewise.';
COMMENT ON COLUMN promptmon.daily_report.latency_p99 IS '99th percentile of the latency in milliseconds, likewise.';
COMMENT ON COLUMN promptmon.daily_report.avg_total_tokens IS 'Mean number of input and output tokens of an execution.';
COMMENT ON COLUMN promptmon.daily_report.user_satisfaction IS 'Mean rating, 1 to 5. NULL without ratings.';
COMMENT ON COLUMN promptmon.daily_report.feedback_count IS 'Number of ratings.';
COMMENT ON COLUMN promptmon.daily_report.automated_score_count IS 'Number of automated scores.';
COMMENT ON COLUMN promptmon.daily_report.calibration_delta IS 'Absolute difference between predicted and mean actual quality, 0 to 10, averaged over the versions by their ratings and scores. NULL if nothing is known.';
COMMENT ON COLUMN promptmon.daily_report.calibration_status IS 'well_calibrated (delta below 1), minor_drift (up to 2) or significant_drift. NULL if nothing is known.';
COMMENT ON COLUMN promptmon.daily_report.warning_alerts IS 'Number of alerts that fired on the day and are warnings.';
COMMENT ON COLUMN promptmon.daily_report.critical_alerts IS 'Number of alerts that fired on the day and are critical.';
COMMENT ON COLUMN promptmon.daily_report.rollbacks IS 'Number of rollbacks that happened on the day.';
COMMENT ON COLUMN promptmon.daily_report.checks_failed IS 'How many limits of the active version''s specification the day did not keep.';
COMMENT ON COLUMN promptmon.daily_report.checks IS 'How many limits there are.';
COMMENT ON COLUMN promptmon.daily_report.report IS 'The whole report, as in the JSON file.';
COMMENT ON COLUMN promptmon.daily_report.markdown IS 'The whole report for people, as in the Markdown file.';
COMMENT ON COLUMN promptmon.daily_report.generated_at IS 'When the row was last written (clock of the database).';
