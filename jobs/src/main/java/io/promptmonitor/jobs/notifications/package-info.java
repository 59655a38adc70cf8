/** Where notifications leave the job: into the outbox, and from there to people. */
@NullMarked
package io.promptmonitor.jobs.notifications;

import org.jspecify.annotations.NullMarked;
