package io.promptmonitor.common.config;

import java.util.Objects;

/**
 * One thing that is wrong in a file.
 *
 * @param file name of the file as the user gave it
 * @param line line, from 1; 0 if the problem is the file as a whole
 * @param column column, from 1; 0 if the problem is the file as a whole
 * @param message what was wrong and what was expected, one line
 */
public record ConfigProblem(String file, int line, int column, String message) {

  public ConfigProblem {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(message, "message");
  }

  /** The line a person gets to see: {@code FILE:LINE:COLUMN: message}. */
  @Override
  public String toString() {
    return line == 0 ? file + ": " + message : file + ":" + line + ":" + column + ": " + message;
  }
}
