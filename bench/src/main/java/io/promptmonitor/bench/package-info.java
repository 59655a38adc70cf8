/** JMH benchmarks of the hot paths. */
@NullMarked
package io.promptmonitor.bench;

import org.jspecify.annotations.NullMarked;
