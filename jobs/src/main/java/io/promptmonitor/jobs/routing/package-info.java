/** Parts what sources emit. */
@NullMarked
package io.promptmonitor.jobs.routing;

import org.jspecify.annotations.NullMarked;
