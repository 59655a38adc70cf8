package io.promptmonitor.jobs.source.file;

import java.io.IOException;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;
import org.jspecify.annotations.Nullable;

/**
 * An input file that cannot be read; the message is one line for a person and names the file, and
 * the line where there is one.
 *
 * <p>The job fails with it and is not restarted: another attempt would find the same file.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class InputFileException extends IOException {

  InputFileException(String message) {
    super(message);
  }

  InputFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
