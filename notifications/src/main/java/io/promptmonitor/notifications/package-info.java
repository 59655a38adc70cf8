/**
 * From the outbox to the receivers: notifications that are written in the table {@code
 * notification} are sent by their channels, at least once.
 *
 * <p>{@link io.promptmonitor.notifications.NotificationDelivery} is where to start.
 */
@NullMarked
package io.promptmonitor.notifications;

import org.jspecify.annotations.NullMarked;
