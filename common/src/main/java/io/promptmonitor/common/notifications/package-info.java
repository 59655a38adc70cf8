/**
 * What people are told: messages about alerts and about the monitor itself, in a form that every
 * channel can render.
 */
@NullMarked
package io.promptmonitor.common.notifications;

import org.jspecify.annotations.NullMarked;
