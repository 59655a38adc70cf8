/** The domain in plain Java, a package for each topic: no Flink, no database, no wall clock. */
@NullMarked
package io.promptmonitor.common;

import org.jspecify.annotations.NullMarked;
