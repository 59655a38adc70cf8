package io.promptmonitor.jobs.source.simulation;

import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.simulation.Scenario;
import io.promptmonitor.common.simulation.SimulatedRecord;
import io.promptmonitor.common.simulation.Simulation;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.IngestParser;
import io.promptmonitor.jobs.source.UnboundedSource;
import io.promptmonitor.registry.CachingPromptRegistry;
import java.time.Duration;
import java.util.Objects;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.jspecify.annotations.Nullable;

/**
 * Executions of a scenario, faster than in reality, by applications that ask the registry which
 * version to serve: a version that is deployed or rolled back while the job runs gets the traffic
 * from then on. For a job of parallelism 1; it begins anew if the job does. After the end of the
 * scenario nothing comes any more, and the source does not end.
 */
public final class SimulatedExecutions {

  private static final String NAME = "simulation";

  private SimulatedExecutions() {}

  /**
   * The source.
   *
   * @param scenario a scenario file's content
   * @param promptId the prompt whose applications ask; of others the scenario says
   * @param minute how long a minute of the scenario takes
   * @param registry where applications ask
   */
  public static ExecutionSource of(
      String scenario,
      String promptId,
      long seed,
      Duration minute,
      Database registry,
      IngestParser.Factory parsers,
      EventTimeWatermarks watermarks) {
    return new ExecutionSource(
        new UnboundedSource<>(
            new DataGeneratorSource<>(
                new Traffic(scenario, promptId, seed, minute, registry, parsers),
                Long.MAX_VALUE,
                RateLimiterStrategy.noOp(),
                RecordTypeInfo.INGESTED)),
        watermarks,
        "executions",
        "simulated-executions");
  }

  /** Waits until each record is due. */
  private static final class Traffic implements GeneratorFunction<Long, Ingested> {

    private static final long serialVersionUID = 1L;

    private final String scenario;
    private final String promptId;
    private final long seed;
    private final double pace;
    private final Database database;
    private final IngestParser.Factory parsers;

    private transient @Nullable CachingPromptRegistry registry;
    private transient @Nullable Simulation simulation;
    private transient @Nullable IngestParser parser;
    private transient long start;
    private transient long begun;

    Traffic(
        String scenario,
        String promptId,
        long seed,
        Duration minute,
        Database database,
        IngestParser.Factory parsers) {
      this.scenario = scenario;
      this.promptId = promptId;
      this.seed = seed;
      this.pace = minute.toMillis() / 60_000.0;
      this.database = database;
      this.parsers = parsers;
    }

    @Override
    public void open(SourceReaderContext context) {
      if (context.currentParallelism() > 1) {
        throw new IllegalStateException("each reader would simulate all of it");
      }
      Scenario read = ConfigReader.read(NAME, scenario, Scenario::read);
      CachingPromptRegistry opened = CachingPromptRegistry.open(database);
      registry = opened;
      simulation = new Simulation(read, seed, id -> active(opened, id));
      parser = parsers.create();
      start = read.start().toEpochMilli();
      begun = System.nanoTime();
    }

    private @Nullable String active(CachingPromptRegistry opened, String id) {
      if (!id.equals(promptId)) {
        return null;
      }
      try {
        return opened.getActive(id).versionId().toString();
      } catch (RegistryException e) {
        return null; // An application would go on with what it has.
      }
    }

    @Override
    public Ingested map(Long position) throws Exception {
      SimulatedRecord record = Objects.requireNonNull(simulation).next();
      while (record == null) {
        Thread.sleep(60_000); // Until the job is cancelled, which interrupts.
        record = Objects.requireNonNull(simulation).next();
      }
      long due = begun + Math.round((record.arrival() - start) * pace * 1e6);
      long wait = due - System.nanoTime();
      if (wait > 0) {
        Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
      }
      byte[] json = record.json();
      return Objects.requireNonNull(parser).parse(NAME, position + 1, json, 0, json.length);
    }

    @Override
    public void close() {
      CachingPromptRegistry open = registry;
      if (open != null) {
        open.close();
      }
    }
  }
}
