/** Functions of Flink SQL over executions and the stored distributions. */
@NullMarked
package io.promptmonitor.flinksql;

import org.jspecify.annotations.NullMarked;
