/** How records of the domain are written when they cross the network or stay in state. */
@NullMarked
package io.promptmonitor.jobs.serialization;

import org.jspecify.annotations.NullMarked;
