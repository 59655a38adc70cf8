/**
 * Which notification channels a deployment has, and how each is set up: the block {@code channels}
 * of the configuration. It names the environment variables that hold secrets, never the secrets.
 */
@NullMarked
package io.promptmonitor.common.channels;

import org.jspecify.annotations.NullMarked;
