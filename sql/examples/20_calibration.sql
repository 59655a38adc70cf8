-- Do versions turn out as good as was predicted?
--
-- One row for each version that states a predicted quality or was rated, the furthest off first. bias is predicted minus actual on a scale of 0 to 10:
-- positive if the prediction was too good. verdict is that of the last calibration, NULL if there was none yet; bias_lower and bias_upper are its 95 %
-- interval: if 0 lies between them, the bias may be chance. The other columns are of all days that are kept, weighted by ratings and scores.
SELECT d.prompt_id, d.prompt_version, v.techniques, v.predicted_quality, round((v.predicted_quality - d.bias)::numeric, 2) AS actual_quality,
    round(d.bias::numeric, 2) AS bias, d.ratings_and_scores, c.status AS verdict, round(c.bias_lower::numeric, 2) AS bias_lower,
    round(c.bias_upper::numeric, 2) AS bias_upper, c.drift_began, c.to_day AS calibrated_until
FROM (
    SELECT prompt_id, prompt_version, sum(feedback_count + automated_score_count)::bigint AS ratings_and_scores,
        sum(calibration_bias * (feedback_count + automated_score_count))
            / nullif(sum(feedback_count + automated_score_count) FILTER (WHERE calibration_bias IS NOT NULL), 0) AS bias
    FROM promptmon.window_metrics
    WHERE window_size = '24h'
    GROUP BY prompt_id, prompt_version) AS d
LEFT JOIN promptmon.registered_version v ON v.prompt_id = d.prompt_id AND v.version_id = d.prompt_version
LEFT JOIN promptmon.calibration_status c ON c.scope = 'version' AND c.prompt_id = d.prompt_id AND c.prompt_version = d.prompt_version
WHERE d.ratings_and_scores > 0 OR v.predicted_quality IS NOT NULL
ORDER BY abs(d.bias) DESC NULLS LAST, d.prompt_id, d.prompt_version;
