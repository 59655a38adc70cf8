-- What was rolled back, why, how fast, and did it help?
--
-- One row for each rollback, and each that a rule demanded and that did not happen (refusal says why); the latest first. seconds_to_switch is from the
-- evaluation that completed the trigger; only where event time is the time of day, not in a replay. e_value is how many times more probable what was
-- seen is if the version is worse; counted of executions is what it was taken from. outcome is NULL while recovery is watched.
SELECT happened_at, prompt_id, from_version, to_version, kind, status, refusal, coalesce(rule, requested_by) AS because_of, reason,
    round(seconds_to_switch::numeric, 1) AS seconds_to_switch, counted, executions, e_value, outcome, outcome_reason,
    round(straggler_share::numeric, 4) AS straggler_share
FROM promptmon.rollback_history
ORDER BY happened_at DESC, rollback_id;
