/** From the bytes of a source to validated records, or dead letters. */
@NullMarked
package io.promptmonitor.common.ingest;

import org.jspecify.annotations.NullMarked;
