-- Which rules fire, how often, and does anybody react?
--
-- One row for each rule of the alerts of the last 30 days. fired is how many episodes fired, never_fired how many were over before they did. Rules that
-- fire often, for a short time, and that nobody acknowledges are noise: change their threshold or how long they hold. not_told counts alerts of which no
-- notification was sent: muted by a silence or a worse alert, not delivered (yet), no channel, or a replay.
SELECT rule, severity, count(*) FILTER (WHERE fired_at IS NOT NULL) AS fired, count(*) FILTER (WHERE phase = 'cancelled') AS never_fired,
    count(*) FILTER (WHERE phase = 'firing') AS firing_now, count(acknowledged_at) AS acknowledged,
    count(*) FILTER (WHERE fired_at IS NOT NULL AND notifications_sent = 0) AS not_told,
    date_trunc('second', avg(time_to_acknowledge)) AS mean_time_to_acknowledge,
    date_trunc('second', percentile_cont(0.5) WITHIN GROUP (ORDER BY time_to_resolve)) AS median_time_to_resolve,
    count(*) FILTER (WHERE rollback = 'switched') AS rollbacks
FROM promptmon.alert_history
WHERE pending_since > (SELECT max(pending_since) FROM promptmon.alert) - interval '720 hours'
GROUP BY rule, severity
ORDER BY fired DESC, rule, severity;
