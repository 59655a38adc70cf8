/**
 * The changes of the prompt registry and the commands of operators as a source: each once, in the
 * order of their commits.
 */
@NullMarked
package io.promptmonitor.jobs.source.registry;

import org.jspecify.annotations.NullMarked;
