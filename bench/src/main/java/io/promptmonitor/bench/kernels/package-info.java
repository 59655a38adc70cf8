/** JMH benchmarks of the hot paths. */
@NullMarked
package io.promptmonitor.bench.kernels;

import org.jspecify.annotations.NullMarked;
