/**
 * What operators keep for a key and share how they keep it: its timer, and elements that wait for
 * their time.
 */
@NullMarked
package io.promptmonitor.jobs.keyed;

import org.jspecify.annotations.NullMarked;
