package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptmonitor.common.config.MonitorConfig;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.IngestParser;
import io.promptmonitor.jobs.source.file.FileExecutions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.Test;

class RealTrafficTest {

  private static final Path TRAFFIC = Path.of("../../shared/data/llmdrift-executions.jsonl.gz");

  @Test
  void everyExecutionIsInOneWindowOfEachSize() throws Exception {
    assumeTrue(Files.exists(TRAFFIC), "the real traffic is not here: " + TRAFFIC);
    MonitorConfig config = MonitorConfig.defaults();
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
    JobSettings.apply(environment);
    MonitorTopology.Outputs outputs =
        new MonitorTopology(config)
            .build(
                environment,
                FileExecutions.of(
                    List.of(TRAFFIC.toString()),
                    IngestParser.Factory.ofJson(ParserOptions.defaults()),
                    EventTimeWatermarks.of(
                        config.maxOutOfOrderness(), config.evaluationInterval())));
    Map<String, WindowUpdate> last = new HashMap<>();
    try (CloseableIterator<WindowUpdate> rows = outputs.windows().executeAndCollect("test")) {
      rows.forEachRemaining(
          row -> last.put(row.promptVersion() + "/" + row.size() + "/" + row.start(), row));
    }
    Map<WindowSize, Long> executions = new EnumMap<>(WindowSize.class);
    for (WindowUpdate row : last.values()) {
      assertThat(row.isFinal()).isTrue();
      executions.merge(row.size(), row.aggregate().executionCount(), Long::sum);
    }
    for (WindowSize size : WindowSize.values()) {
      assertThat(executions).containsEntry(size, 8224L);
    }
  }
}
