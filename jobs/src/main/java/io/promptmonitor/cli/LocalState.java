package io.promptmonitor.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.jspecify.annotations.Nullable;

/**
 * Where a job that runs in this process keeps its checkpoints: of an endless job in {@code
 * .promptmon}, so that the next run continues from them; of a job that ends in a temporary
 * directory.
 */
final class LocalState implements AutoCloseable {

  private static final Path KEPT = Path.of(".promptmon", "jobs");

  private final Path directory;
  private final boolean temporary;
  private @Nullable Path resumedFrom;

  private LocalState(Path directory, boolean temporary) {
    this.directory = directory;
    this.temporary = temporary;
  }

  /**
   * Opens the directory.
   *
   * @param name of an endless job, or null for one that ends
   */
  static LocalState open(@Nullable String name) {
    try {
      if (name == null) {
        return new LocalState(Files.createTempDirectory("promptmon-"), true);
      }
      Path kept = KEPT.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_")).toAbsolutePath();
      return new LocalState(Files.createDirectories(kept), false);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot create a directory for checkpoints: " + e.getMessage(), e);
    }
  }

  /** Flink's configuration for this process. */
  Configuration configuration(int parallelism, boolean fresh) {
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
    configuration.set(RestOptions.ENABLE_FLAMEGRAPH, false);
    // Progress is read from accumulators, which travel with heartbeats.
    configuration.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofMillis(500));
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
    configuration.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, directory.toUri().toString());
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(10));
    configuration.set(StateBackendOptions.STATE_BACKEND, temporary ? "hashmap" : "rocksdb");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS, temporary ? 3 : 1000);
    if (!fresh) {
      latest()
          .ifPresent(
              path -> {
                resumedFrom = path;
                configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString());
              });
    }
    return configuration;
  }

  /** What {@link #configuration} continues from. */
  Optional<Path> resumedFrom() {
    return Optional.ofNullable(resumedFrom);
  }

  /** Where savepoints go. */
  String savepoints() {
    return directory.toUri().toString();
  }

  /** The latest complete checkpoint or savepoint. */
  private Optional<Path> latest() {
    try (Stream<Path> files = Files.walk(directory, 3)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(Comparator.comparing(LocalState::modified))
          .map(Path::getParent);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + directory + ": " + e.getMessage(), e);
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (!temporary) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + directory + ": " + e.getMessage(), e);
    }
  }
}
