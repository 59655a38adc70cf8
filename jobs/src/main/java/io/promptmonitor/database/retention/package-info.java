/** Removes old rows from the database; {@code sql/migrations} says what is old and how it goes. */
@NullMarked
package io.promptmonitor.database.retention;

import org.jspecify.annotations.NullMarked;
