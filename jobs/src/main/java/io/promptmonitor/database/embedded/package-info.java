/** A PostgreSQL server of the user's own, for those who have none. */
@NullMarked
package io.promptmonitor.database.embedded;

import org.jspecify.annotations.NullMarked;
