/**
 * How long what was found out is kept.
 *
 * <p>{@link io.promptmonitor.common.retention.RetentionPolicy} is the block of the configuration.
 */
@NullMarked
package io.promptmonitor.common.retention;

import org.jspecify.annotations.NullMarked;
