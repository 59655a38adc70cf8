/** Turns feedback events into changes of windows. */
@NullMarked
package io.promptmonitor.jobs.feedback;

import org.jspecify.annotations.NullMarked;
