/** The database's schema, brought up to date. */
@NullMarked
package io.promptmonitor.database.migration;

import org.jspecify.annotations.NullMarked;
