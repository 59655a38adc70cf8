/**
 * Takes a failing version out of production: when that may happen, the steps of the protocol, and
 * the watch afterwards.
 */
@NullMarked
package io.promptmonitor.common.rollback;

import org.jspecify.annotations.NullMarked;
