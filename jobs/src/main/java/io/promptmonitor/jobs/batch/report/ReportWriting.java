package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.PromptAtAGlance;
import io.promptmonitor.common.report.ReportWriter;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.reports.ReportFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Makes the report of a prompt once all of it is known: in batch mode the rows of one prompt come
 * together, and its timer fires after the last of them. So only one prompt is in memory at a time.
 */
final class ReportWriting
    extends KeyedCoProcessFunction<String, WindowUpdate, PromptFact, ReportEdition> {

  private static final long serialVersionUID = 1;

  private final Database database;
  private final ReportScope scope;

  @SuppressWarnings("serial") // an immutable map
  private final Map<String, Long> deadLetters;

  private final String directory;

  private transient @Nullable State state;

  /** What is open while the operator runs. */
  private record State(
      ReportEditions editions,
      ReportFiles files,
      ListState<WindowUpdate> windows,
      ListState<PromptFact> facts) {}

  /**
   * The operator.
   *
   * @param directory where the files go, on each machine that the job runs on
   * @param deadLetters records of all prompts of the day that were not counted, by reason
   */
  ReportWriting(
      Database database, ReportScope scope, Map<String, Long> deadLetters, Path directory) {
    this.database = database;
    this.scope = scope;
    this.deadLetters = Map.copyOf(deadLetters);
    this.directory = directory.toString();
  }

  private State state() {
    return Objects.requireNonNull(state, "not open");
  }

  @Override
  public void open(OpenContext context) {
    state =
        new State(
            new ReportEditions(database),
            new ReportFiles(Path.of(directory)),
            getRuntimeContext()
                .getListState(new ListStateDescriptor<>("windows", RecordTypeInfo.WINDOW_UPDATE)),
            getRuntimeContext()
                .getListState(new ListStateDescriptor<>("facts", ReportTables.FACT)));
  }

  @Override
  public void processElement1(WindowUpdate window, Context context, Collector<ReportEdition> out)
      throws Exception {
    state().windows().add(window);
    context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
  }

  @Override
  public void processElement2(PromptFact fact, Context context, Collector<ReportEdition> out)
      throws Exception {
    state().facts().add(fact);
    context.timerService().registerEventTimeTimer(Long.MAX_VALUE);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ReportEdition> out)
      throws Exception {
    PromptDayFacts known = new PromptDayFacts(scope, context.getCurrentKey());
    for (WindowUpdate window : state().windows().get()) {
      known.add(window);
    }
    for (PromptFact fact : state().facts().get()) {
      known.add(fact);
    }
    if (known.isReported()) {
      DailyReport report =
          state()
              .editions()
              .write(
                  context.getCurrentKey(),
                  scope.date(),
                  previous -> ReportWriter.write(known.day(deadLetters, previous)));
      state().files().write(report);
      out.collect(new ReportEdition(report.revision(), PromptAtAGlance.of(report)));
    }
    state().windows().clear();
    state().facts().clear();
  }

  @Override
  public void close() throws Exception {
    if (state != null) {
      state.editions().close();
    }
  }
}
