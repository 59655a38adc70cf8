/** Bytes for what is kept in state and in the database. */
@NullMarked
package io.promptmonitor.common.encoding;

import org.jspecify.annotations.NullMarked;
