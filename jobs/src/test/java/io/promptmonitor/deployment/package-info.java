/** Whether the files of a deployment fit together. */
@NullMarked
package io.promptmonitor.deployment;

import org.jspecify.annotations.NullMarked;
