/**
 * The configuration of a deployment: one YAML file with a block for each part, strictly read.
 *
 * <p>{@link io.promptmonitor.common.deployment.DeploymentConfig} is the file.
 */
@NullMarked
package io.promptmonitor.common.deployment;

import org.jspecify.annotations.NullMarked;
