/** Flink jobs: thin adapters around the domain, a package for each topic. */
@NullMarked
package io.promptmonitor.jobs;

import org.jspecify.annotations.NullMarked;
