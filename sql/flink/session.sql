-- How queries run and show their rows. SET changes it for the session, RESET takes it back.

SET 'table.local-time-zone' = 'UTC';
-- Rows as they come, one below the other: + is a new one, -U and +U replace one.
SET 'sql-client.execution.result-mode' = 'tableau';
SET 'sql-client.display.max-column-width' = '60';
-- Queries that show rows keep no state beyond their run, and show a row at once instead of at the next checkpoint. Whoever runs an INSERT for
-- longer sets the interval and the mode (EXACTLY_ONCE).
SET 'execution.checkpointing.interval' = '365 d';
SET 'execution.checkpointing.mode' = 'AT_LEAST_ONCE';
SET 'execution.checkpointing.checkpoints-after-tasks-finish' = 'false';
SET 'execution.checkpointing.externalized-checkpoint-retention' = 'NO_EXTERNALIZED_CHECKPOINTS';
-- A query that fails says why, instead of being tried again for ever.
SET 'restart-strategy.type' = 'disable';
