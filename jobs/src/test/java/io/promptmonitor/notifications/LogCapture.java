package io.promptmonitor.notifications;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.config.Property;

/** What our own code logs, of every level, while this is open. */
public final class LogCapture implements AutoCloseable {

  private static final String LOGGER = "io.promptmonitor";

  private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
  private final LoggerContext context = (LoggerContext) LogManager.getContext(false);

  private final AbstractAppender appender =
      new AbstractAppender("capture", null, null, true, Property.EMPTY_ARRAY) {
        @Override
        public void append(LogEvent event) {
          lines.add(
              event.getLevel()
                  + " "
                  + event.getMessage().getFormattedMessage()
                  + (event.getThrown() == null ? "" : " " + event.getThrown()));
        }
      };

  public LogCapture() {
    appender.start();
    Configuration configuration = context.getConfiguration();
    LoggerConfig logger = new LoggerConfig(LOGGER, Level.ALL, false);
    logger.addAppender(appender, Level.ALL, null);
    configuration.addLogger(LOGGER, logger);
    context.updateLoggers();
  }

  /** The lines so far: level and message. */
  public List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }

  @Override
  public void close() {
    context.getConfiguration().removeLogger(LOGGER);
    context.updateLoggers();
    appender.stop();
  }
}
