/**
 * Where notifications go, a file for each kind of receiver: how a message looks there, and what an
 * answer means.
 */
@NullMarked
package io.promptmonitor.notifications.channels;

import org.jspecify.annotations.NullMarked;
