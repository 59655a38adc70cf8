-- The functions of Prompt Monitor in Flink SQL; their classes are in promptmon-job.jar. docs/flink-sql.md says what each is for.

-- Aggregates. The column is a stored digest (BYTES), or single values (INT) as of the topic.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS latency_percentile AS 'io.promptmonitor.flinksql.Percentile' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS tokens_percentile AS 'io.promptmonitor.flinksql.Percentile' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS latency_share_above AS 'io.promptmonitor.flinksql.ShareAbove' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS tokens_share_above AS 'io.promptmonitor.flinksql.ShareAbove' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS distinct_users AS 'io.promptmonitor.flinksql.DistinctUsers' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS digest_of AS 'io.promptmonitor.flinksql.DigestOf' LANGUAGE JAVA;

-- Of one digest.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS digest_percentile AS 'io.promptmonitor.flinksql.DigestPercentile' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS digest_share_above AS 'io.promptmonitor.flinksql.DigestShareAbove' LANGUAGE JAVA;
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS digest_count AS 'io.promptmonitor.flinksql.DigestCount' LANGUAGE JAVA;

-- Part of the topic's table: the event time of a record.
CREATE TEMPORARY SYSTEM FUNCTION IF NOT EXISTS record_time AS 'io.promptmonitor.flinksql.RecordTime' LANGUAGE JAVA;
