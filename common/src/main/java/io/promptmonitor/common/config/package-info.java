/**
 * Strict reading of YAML files.
 *
 * <p>A schema is code: {@link ConfigReader} hands a {@link ConfigSection} to a function, which asks
 * for the keys it knows. Keys nobody asked for, values of another kind and values out of range are
 * all reported together, each with its position.
 */
@NullMarked
package io.promptmonitor.common.config;

import org.jspecify.annotations.NullMarked;
