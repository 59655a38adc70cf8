/** The database for programs that know JDBC only. */
@NullMarked
package io.promptmonitor.database.driver;

import org.jspecify.annotations.NullMarked;
