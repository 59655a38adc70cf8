/** The prompt registry in PostgreSQL, and the cache of it that applications embed. */
@NullMarked
package io.promptmonitor.registry;

import org.jspecify.annotations.NullMarked;
