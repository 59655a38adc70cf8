/** Recognises executions that a producer sent more than once. */
@NullMarked
package io.promptmonitor.common.deduplication;

import org.jspecify.annotations.NullMarked;
