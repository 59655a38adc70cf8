/**
 * The prompt registry: versions of prompts, what was specified for them, and which one is active.
 */
@NullMarked
package io.promptmonitor.common.registry;

import org.jspecify.annotations.NullMarked;
