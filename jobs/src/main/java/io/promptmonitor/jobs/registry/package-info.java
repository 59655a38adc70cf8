/** What operators know of the prompt registry: the broadcast changes, kept in their state. */
@NullMarked
package io.promptmonitor.jobs.registry;

import org.jspecify.annotations.NullMarked;
