-- Predicted against actual quality: what promptmon calibrate found, the corrections of predictions that operators applied, and what
-- later versions were predicted with them. The rules of corrections in Java: io.promptmonitor.common.calibration.Heuristic; a test
-- compares the two.

CREATE TABLE promptmon.calibration_result (
    from_day         date             NOT NULL,
    to_day           date             NOT NULL,
    scope            text             NOT NULL,
    subject          text             NOT NULL,

    prompt_id        text,
    prompt_version   text,
    techniques       text[],
    complexity       text,
    versions         integer          NOT NULL,
    days             integer          NOT NULL,
    quality_count    bigint           NOT NULL,
    predicted        double precision,
    actual           double precision,
    bias             double precision,
    bias_lower       double precision,
    bias_upper       double precision,
    interval_basis   text             NOT NULL,
    calibration_delta double precision GENERATED ALWAYS AS (abs(bias)) STORED,
    mean_absolute_error double precision,
    root_mean_squared_error double precision,
    status           text             NOT NULL,
    drift_began      date,
    drift_before     double precision,
    drift_after      double precision,
    drift_p_value    double precision,
    effect           double precision,
    effect_lower     double precision,
    effect_upper     double precision,
    correction       double precision,
    proposed_correction double precision,
    proposal         text,
    expected_calibration_error double precision,
    rank_correlation double precision,
    heuristic_version integer         NOT NULL,
    revision         integer          NOT NULL DEFAULT 1,
    updated_at       timestamptz      NOT NULL DEFAULT now(),

    CONSTRAINT calibration_result_pkey PRIMARY KEY (from_day, to_day, scope, subject),

    CONSTRAINT days_in_order         CHECK (from_day <= to_day),
    CONSTRAINT scope_known           CHECK (scope IN ('overall', 'version', 'technique', 'combination', 'complexity', 'prediction_bin')),
    CONSTRAINT version_if_about_one  CHECK ((scope = 'version') = (prompt_id IS NOT NULL AND prompt_version IS NOT NULL)),
    CONSTRAINT counts_not_negative   CHECK (versions >= 0 AND days >= 0 AND quality_count >= 0),
    CONSTRAINT qualities_in_range    CHECK (predicted BETWEEN 0 AND 10 AND actual BETWEEN 0 AND 10 AND bias BETWEEN -10 AND 10),
    CONSTRAINT basis_known           CHECK (interval_basis IN ('days', 'versions', 'bound', 'none')),
    CONSTRAINT status_known          CHECK (status IN ('well_calibrated', 'minor_drift', 'significant_drift', 'insufficient_data')),
    CONSTRAINT proposal_known        CHECK (proposal IN ('correct', 'withdraw', 'keep', 'too_few', 'not_clear', 'no_better', 'too_small')),
    CONSTRAINT revision_positive     CHECK (revision >= 1)
);

CREATE INDEX calibration_result_prompt_id ON promptmon.calibration_result (prompt_id, to_day) WHERE scope = 'version';

CREATE TABLE promptmon.calibration_heuristic (
    heuristic_version integer     NOT NULL,
    corrections       jsonb       NOT NULL,
    from_day          date        NOT NULL,
    to_day            date        NOT NULL,
    applied_at        timestamptz NOT NULL,
    applied_by        text        NOT NULL,
    reason            text,

    CONSTRAINT calibration_heuristic_pkey PRIMARY KEY (heuristic_version),

    CONSTRAINT heuristic_version_positive CHECK (heuristic_version >= 1),
    CONSTRAINT corrections_is_array       CHECK (jsonb_typeof(corrections) = 'array'),
    CONSTRAINT days_in_order              CHECK (from_day <= to_day),
    CONSTRAINT reason_length              CHECK (char_length(reason) BETWEEN 1 AND 1000)
);
CREATE TRIGGER calibration_heuristic_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON promptmon.calibration_heuristic
    FOR EACH STATEMENT EXECUTE FUNCTION promptmon.refuse_change('what was applied is never rewritten; apply a new one');

-- No foreign key: the registry is written first, in the same statement.
CREATE TABLE promptmon.calibrated_prediction (
    prompt_id         text             NOT NULL,
    prompt_version    text             NOT NULL,
    predicted_quality double precision NOT NULL,
    corrected_quality double precision NOT NULL,
    heuristic_version integer          NOT NULL,
    predicted_at      timestamptz      NOT NULL,

    CONSTRAINT calibrated_prediction_pkey PRIMARY KEY (prompt_id, prompt_version),

    CONSTRAINT qualities_in_range CHECK (predicted_quality BETWEEN 0 AND 10 AND corrected_quality BETWEEN 0 AND 10)
);

CREATE VIEW promptmon.calibration_correction AS
    SELECT h.heuristic_version, c.techniques, c.value AS correction, h.applied_at, h.applied_by
    FROM (SELECT * FROM promptmon.calibration_heuristic ORDER BY heuristic_version DESC LIMIT 1) AS h
    CROSS JOIN LATERAL jsonb_to_recordset(h.corrections) AS c (techniques text[], value double precision);


CREATE FUNCTION promptmon.calibration_correct(predicted_quality double precision, techniques text[]) RETURNS double precision
LANGUAGE sql STABLE STRICT SET search_path = promptmon, pg_temp AS $$
    SELECT greatest(0, least(10, calibration_correct.predicted_quality - coalesce(sum(c.correction), 0)))
    FROM calibration_correction c
    WHERE CASE WHEN cardinality(c.techniques) = 1 THEN c.techniques[1] = ANY (calibration_correct.techniques)
               ELSE c.techniques <@ calibration_correct.techniques AND c.techniques @> calibration_correct.techniques END
$$;

CREATE FUNCTION promptmon.calibration_predict() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp AS $$
BEGIN
    -- Columns that are generated are not known yet before a row is written; so this runs after.
    INSERT INTO calibrated_prediction (prompt_id, prompt_version, predicted_quality, corrected_quality, heuristic_version, predicted_at)
        SELECT NEW.prompt_id, NEW.version_id, NEW.predicted_quality,
            calibration_correct(NEW.predicted_quality, coalesce(NEW.techniques, '{}')), max(h.heuristic_version), NEW.registered_at
        FROM calibration_heuristic h
        HAVING max(h.heuristic_version) IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER prompt_version_is_predicted AFTER INSERT ON promptmon.prompt_version
    FOR EACH ROW WHEN (NEW.predicted_quality IS NOT NULL)
    EXECUTE FUNCTION promptmon.calibration_predict();

CREATE FUNCTION promptmon.calibration_apply(based_on integer, corrections jsonb, from_day date, to_day date, reason text DEFAULT NULL)
RETURNS promptmon.calibration_heuristic
LANGUAGE plpgsql SECURITY DEFINER SET search_path = promptmon, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
    max_step CONSTANT double precision := 1.0;
    change_time timestamptz := registry_begin_change();
    last calibration_heuristic;
    applied calibration_heuristic;
    problem text;
BEGIN
    SELECT * INTO last FROM calibration_heuristic ORDER BY heuristic_version DESC LIMIT 1;
    IF coalesce(last.heuristic_version, 0) IS DISTINCT FROM calibration_apply.based_on THEN
        RAISE EXCEPTION USING ERRCODE = 'PM016', MESSAGE = format(
            'version %s of the heuristic was applied by %s at %s meanwhile; calibrate again',
            last.heuristic_version, last.applied_by, time_text(last.applied_at));
    END IF;
    IF jsonb_typeof(calibration_apply.corrections) IS DISTINCT FROM 'array' THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'corrections must be an array of {"techniques": […], "value": …}';
    END IF;
    SELECT string_agg(CASE
            WHEN c.techniques IS NULL OR cardinality(c.techniques) = 0 OR array_position(c.techniques, NULL) IS NOT NULL
                THEN 'a correction without techniques'
            WHEN c.techniques IS DISTINCT FROM ARRAY(SELECT DISTINCT t COLLATE "C" FROM unnest(c.techniques) t ORDER BY 1)
                THEN format('the techniques %s, which must be sorted, each once', array_to_string(c.techniques, ' + '))
            WHEN c.value IS NULL OR NOT abs(c.value) <= 10 THEN format('the value of %s, which must be from -10 to 10', array_to_string(c.techniques, ' + '))
            WHEN abs(c.value - coalesce(f.correction, 0)) > max_step + 1e-9
                THEN format('a step of more than %s for %s', max_step, array_to_string(c.techniques, ' + '))
            WHEN c.times > 1 THEN format('%s more than once', array_to_string(c.techniques, ' + '))
        END, '; ') INTO problem
    FROM (SELECT r.*, count(*) OVER (PARTITION BY r.techniques) AS times
          FROM jsonb_to_recordset(calibration_apply.corrections) AS r (techniques text[], value double precision)) AS c
    LEFT JOIN calibration_correction f ON f.techniques = c.techniques;
    IF problem IS NULL THEN
        SELECT format('a step of more than %s for %s', max_step, array_to_string(f.techniques, ' + ')) INTO problem
        FROM calibration_correction f
        WHERE abs(f.correction) > max_step + 1e-9 AND NOT EXISTS (
            SELECT FROM jsonb_to_recordset(calibration_apply.corrections) AS c (techniques text[], value double precision)
            WHERE c.techniques = f.techniques);
    END IF;
    IF problem IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = 'the corrections cannot be applied: ' || problem;
    END IF;
    INSERT INTO calibration_heuristic (heuristic_version, corrections, from_day, to_day, applied_at, applied_by, reason)
        VALUES (coalesce(last.heuristic_version, 0) + 1, calibration_apply.corrections, calibration_apply.from_day,
            calibration_apply.to_day, change_time, session_user, registry_reason(calibration_apply.reason))
        RETURNING * INTO applied;
    RETURN applied;
END
$$;


REVOKE ALL ON promptmon.calibration_result, promptmon.calibration_heuristic, promptmon.calibrated_prediction,
    promptmon.calibration_correction FROM PUBLIC;
REVOKE ALL ON FUNCTION promptmon.calibration_correct(double precision, text[]), promptmon.calibration_predict(),
    promptmon.calibration_apply(integer, jsonb, date, date, text) FROM PUBLIC;

GRANT SELECT, INSERT, UPDATE, DELETE ON promptmon.calibration_result TO promptmon_job;
-- Operators analyse before they apply.
GRANT SELECT, INSERT, UPDATE, DELETE ON promptmon.calibration_result TO promptmon_operator;
GRANT SELECT ON promptmon.calibration_result TO promptmon_analyst, promptmon_investigator;
GRANT SELECT ON promptmon.calibration_heuristic, promptmon.calibrated_prediction, promptmon.calibration_correction
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;
GRANT EXECUTE ON FUNCTION promptmon.calibration_correct(double precision, text[])
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;
GRANT EXECUTE ON FUNCTION promptmon.calibration_apply(integer, jsonb, date, date, text) TO promptmon_operator;


COMMENT ON FUNCTION promptmon.calibration_correct(double precision, text[]) IS
    'A predicted quality minus the corrections in force that apply to a version with these techniques: those of each technique, and that of exactly this combination. Not below 0 nor above 10.';
COMMENT ON FUNCTION promptmon.calibration_predict() IS 'Trigger: keeps what a new version is predicted with the corrections in force, beside what was declared.';
COMMENT ON FUNCTION promptmon.calibration_apply(integer, jsonb, date, date, text) IS
    'Puts corrections in force for the versions that are registered from now on: all of them, [{"techniques": ["…"], "value": …}], found in the days from from_day to to_day. based_on is the version of the heuristic that they were found with, 0 for none; a value moves by at most 1.';

COMMENT ON TABLE promptmon.calibration_result IS 'What promptmon calibrate found in a span of days: predicted against actual quality of each version, technique, combination and complexity. The same span again replaces its rows.';
COMMENT ON COLUMN promptmon.calibration_result.from_day IS 'The first day of the span (UTC).';
COMMENT ON COLUMN promptmon.calibration_result.to_day IS 'The last day of the span, inclusive.';
COMMENT ON COLUMN promptmon.calibration_result.scope IS 'What the row is about: overall, version, technique, combination, complexity or prediction_bin (the versions whose predictions are between two points).';
COMMENT ON COLUMN promptmon.calibration_result.subject IS 'Which one, in words: all, prompt@1.0.0, CoT, CoT + Few-Shot, high, 7-8.';
COMMENT ON COLUMN promptmon.calibration_result.prompt_id IS 'Of a version its prompt. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_result.prompt_version IS 'Of a version its number. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_result.techniques IS 'Of a version, technique or combination the techniques, sorted. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_result.complexity IS 'Of a version or a complexity. NULL if it is not known, and for everything else.';
COMMENT ON COLUMN promptmon.calibration_result.versions IS 'Number of versions that can be compared.';
COMMENT ON COLUMN promptmon.calibration_result.days IS 'Number of days with ratings or scores, summed over the versions.';
COMMENT ON COLUMN promptmon.calibration_result.quality_count IS 'Number of ratings and automated scores.';
COMMENT ON COLUMN promptmon.calibration_result.predicted IS 'Mean declared prediction, 0 to 10. NULL if there is none.';
COMMENT ON COLUMN promptmon.calibration_result.actual IS 'Mean actual quality, 0 to 10. NULL if there is nothing to compare.';
COMMENT ON COLUMN promptmon.calibration_result.bias IS 'predicted minus actual: positive if the predictions were too good. NULL if there is nothing to compare.';
COMMENT ON COLUMN promptmon.calibration_result.bias_lower IS 'Lower limit of the bias''s 95 % confidence interval. NULL if it is not known.';
COMMENT ON COLUMN promptmon.calibration_result.bias_upper IS 'Upper limit.';
COMMENT ON COLUMN promptmon.calibration_result.interval_basis IS 'What the interval is made of: days or versions (how much they vary), bound (the widest there can be, with too few days) or none.';
COMMENT ON COLUMN promptmon.calibration_result.calibration_delta IS 'Absolute bias, 0 to 10.';
COMMENT ON COLUMN promptmon.calibration_result.mean_absolute_error IS 'Mean absolute difference between predicted and daily actual quality.';
COMMENT ON COLUMN promptmon.calibration_result.root_mean_squared_error IS 'Root of the mean square of the same differences.';
COMMENT ON COLUMN promptmon.calibration_result.status IS 'well_calibrated (delta below 1), minor_drift, significant_drift (delta above 2) or insufficient_data (fewer than 20 ratings and scores).';
COMMENT ON COLUMN promptmon.calibration_result.drift_began IS 'Of a version the first day of another bias. NULL if no shift was found.';
COMMENT ON COLUMN promptmon.calibration_result.drift_before IS 'Mean bias before that day.';
COMMENT ON COLUMN promptmon.calibration_result.drift_after IS 'Mean bias from that day on.';
COMMENT ON COLUMN promptmon.calibration_result.drift_p_value IS 'The chance of a shift as clear where there is none, at most.';
COMMENT ON COLUMN promptmon.calibration_result.effect IS 'Of a technique or combination what it adds to the bias, told apart from the others and shrunk towards 0. NULL for everything else, and where it cannot be told apart.';
COMMENT ON COLUMN promptmon.calibration_result.effect_lower IS 'Lower limit of the effect''s 95 % interval.';
COMMENT ON COLUMN promptmon.calibration_result.effect_upper IS 'Upper limit.';
COMMENT ON COLUMN promptmon.calibration_result.correction IS 'Its correction in force at the time. NULL for everything that is neither a technique nor a combination.';
COMMENT ON COLUMN promptmon.calibration_result.proposed_correction IS 'The correction that is to be in force.';
COMMENT ON COLUMN promptmon.calibration_result.proposal IS 'What is proposed (correct, withdraw, keep), or why nothing is: too_few, not_clear, no_better (on versions that were left out) or too_small.';
COMMENT ON COLUMN promptmon.calibration_result.expected_calibration_error IS 'Of all versions the mean distance of predicted and actual quality in bins of one point. NULL for everything else.';
COMMENT ON COLUMN promptmon.calibration_result.rank_correlation IS 'Of all versions Spearman''s rank correlation of predicted and actual quality. NULL for everything else, and with fewer than three versions.';
COMMENT ON COLUMN promptmon.calibration_result.heuristic_version IS 'The heuristic in force at the time; 0 if there was none.';
COMMENT ON COLUMN promptmon.calibration_result.revision IS 'How many times this was computed.';
COMMENT ON COLUMN promptmon.calibration_result.updated_at IS 'When the row was last written (clock of the database).';

COMMENT ON TABLE promptmon.calibration_heuristic IS 'The corrections of predictions that operators applied, one row each time; rows are only ever added. The last one is in force.';
COMMENT ON COLUMN promptmon.calibration_heuristic.heuristic_version IS '1 for the first, one more for each next one.';
COMMENT ON COLUMN promptmon.calibration_heuristic.corrections IS 'All that is in force with it: [{"techniques": ["CoT"], "value": 0.8}, …]; a value is taken off the predicted quality.';
COMMENT ON COLUMN promptmon.calibration_heuristic.from_day IS 'The first day of what it was found in.';
COMMENT ON COLUMN promptmon.calibration_heuristic.to_day IS 'The last day, inclusive.';
COMMENT ON COLUMN promptmon.calibration_heuristic.applied_at IS 'When (clock of the database).';
COMMENT ON COLUMN promptmon.calibration_heuristic.applied_by IS 'Who: the user that the database authenticated.';
COMMENT ON COLUMN promptmon.calibration_heuristic.reason IS 'Why, if something was said.';

COMMENT ON TABLE promptmon.calibrated_prediction IS 'What versions were predicted with the corrections in force when they were registered; none for those registered before the first.';
COMMENT ON COLUMN promptmon.calibrated_prediction.prompt_id IS 'Identifier of the prompt.';
COMMENT ON COLUMN promptmon.calibrated_prediction.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN promptmon.calibrated_prediction.predicted_quality IS 'What was declared, 0 to 10, as in the registry.';
COMMENT ON COLUMN promptmon.calibrated_prediction.corrected_quality IS 'The same with the corrections, 0 to 10.';
COMMENT ON COLUMN promptmon.calibrated_prediction.heuristic_version IS 'Whose corrections, see calibration_heuristic.';
COMMENT ON COLUMN promptmon.calibrated_prediction.predicted_at IS 'When the version was registered.';

COMMENT ON VIEW promptmon.calibration_correction IS 'The corrections in force, one row each; empty as long as none was applied.';
COMMENT ON COLUMN promptmon.calibration_correction.heuristic_version IS 'The version of the heuristic.';
COMMENT ON COLUMN promptmon.calibration_correction.techniques IS 'The technique, or the sorted techniques of a combination.';
COMMENT ON COLUMN promptmon.calibration_correction.correction IS 'What is taken off the predicted quality: positive for what is predicted too good.';
COMMENT ON COLUMN promptmon.calibration_correction.applied_at IS 'When it was applied.';
COMMENT ON COLUMN promptmon.calibration_correction.applied_by IS 'Who applied it.';
