/**
 * What the batch jobs share: they read tables with queries, each row once, and end.
 *
 * <p>A job is defined in an environment to which {@link
 * io.promptmonitor.jobs.batch.BatchSettings#apply} was applied; every operator has a name and a uid
 * of its own. Its rows come from {@link io.promptmonitor.jobs.batch.TableSource#read}:
 *
 * <pre>{@code
 * StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
 * BatchSettings.apply(environment);
 * TableQuery<Day> days =
 *     TableQuery.of(
 *             "SELECT prompt_id, execution_count FROM window_metrics"
 *                 + " WHERE window_size = '24h' AND window_start >= ? AND window_start < ?"
 *                 + " AND " + TableQuery.partOf("prompt_id"),
 *             row -> new Day(row.getString(1), row.getLong(2)),
 *             TypeInformation.of(Day.class))
 *         .with(from, to)
 *         .inParts(8);
 * DataStream<Day> rows = TableSource.read(environment, database, days, "days");
 * }</pre>
 *
 * <p>Rows must be types that Flink serializes without Kryo: records and POJOs of texts, numbers,
 * booleans, instants, byte arrays, enumerations, lists and maps; a field that may be null must not
 * be a primitive, and a {@code LocalDate} is none of them: send the number of the day.
 */
@NullMarked
package io.promptmonitor.jobs.batch;

import org.jspecify.annotations.NullMarked;
