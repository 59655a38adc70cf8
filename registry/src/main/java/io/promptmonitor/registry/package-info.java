/**
 * The prompt registry in PostgreSQL, the cache of it that applications embed, and the commands of
 * operators, which are kept in the same way.
 */
@NullMarked
package io.promptmonitor.registry;

import org.jspecify.annotations.NullMarked;
