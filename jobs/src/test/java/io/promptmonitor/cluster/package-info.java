/** The job under failures: in one JVM, and on a cluster of real processes. */
@NullMarked
package io.promptmonitor.cluster;

import org.jspecify.annotations.NullMarked;
