/**
 * What a running job is told from outside: changes of the registry, and commands of operators. In a
 * package of its own because it needs both, and alerts need the registry.
 */
@NullMarked
package io.promptmonitor.common.control;

import org.jspecify.annotations.NullMarked;
