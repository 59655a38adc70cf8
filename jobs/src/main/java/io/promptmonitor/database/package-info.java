/** PostgreSQL: connections, migrations, and the embedded server for those who have none. */
@NullMarked
package io.promptmonitor.database;

import org.jspecify.annotations.NullMarked;
