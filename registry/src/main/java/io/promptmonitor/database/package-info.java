/** Where the PostgreSQL database is, and connections to it. */
@NullMarked
package io.promptmonitor.database;

import org.jspecify.annotations.NullMarked;
