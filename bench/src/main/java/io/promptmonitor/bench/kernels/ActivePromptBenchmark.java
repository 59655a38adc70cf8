package io.promptmonitor.bench.kernels;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.embedded.EmbeddedDatabase;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.registry.CachingPromptRegistry;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What an application waits for its prompt: from memory, from the database, and after a switch;
 * with 200 prompts of 4,000 characters in a PostgreSQL on this machine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // by open(), which JMH calls first
public class ActivePromptBenchmark {

  private static final int PROMPTS = 200;
  private static final SemanticVersion[] VERSIONS = {
    SemanticVersion.parse("1.0.0"), SemanticVersion.parse("1.1.0")
  };

  private final String[] promptIds = new String[PROMPTS];
  private final BlockingQueue<ActivePrompt> switches = new LinkedBlockingQueue<>();
  private EmbeddedDatabase embedded;
  private PostgresPromptRegistry registry;
  private CachingPromptRegistry caching;
  private int next;
  private int deployed;

  /** Registers two versions of each prompt, deploys the second, and has all of them in memory. */
  @Setup
  public void open() throws IOException {
    embedded = EmbeddedDatabase.open(Files.createTempDirectory("active-prompt"), line -> {});
    Migrations.apply(embedded.database());
    registry = new PostgresPromptRegistry(embedded.database());
    caching = CachingPromptRegistry.open(embedded.database());
    for (int i = 0; i < PROMPTS; i++) {
      promptIds[i] = "team-" + i % 20 + "/prompt-" + i;
      for (SemanticVersion version : VERSIONS) {
        String text = ("Version " + version + " of " + promptIds[i] + ". ").repeat(120);
        registry.register(promptIds[i], definition(version, text), text);
        registry.stage(promptIds[i], version, null);
        registry.deploy(promptIds[i], version, null);
      }
      caching.getActive(promptIds[i]);
    }
    caching.addListener(switches::add);
  }

  private static VersionDefinition definition(SemanticVersion version, String text) {
    return new VersionDefinition(
        version,
        PromptHash.of(text),
        null,
        null,
        null,
        Performance.unknown(),
        RollbackPolicy.defaults(),
        null);
  }

  /** Stops the database. */
  @TearDown
  public void close() {
    caching.close();
    registry.close();
    embedded.close();
  }

  /** As applications do it. */
  @Benchmark
  public ActivePrompt fromMemory() {
    return caching.getActive(promptIds[next++ & 127]);
  }

  /** Without the cache. */
  @Benchmark
  public ActivePrompt fromTheDatabase() {
    return registry.getActive(promptIds[next++ & 127]);
  }

  /** From the begin of a deployment until another process would have been told of it. */
  @Benchmark
  public ActivePrompt switchUntilItIsSeen() throws InterruptedException {
    registry.deploy(promptIds[0], VERSIONS[deployed++ & 1], "benchmark");
    return switches.take();
  }
}
