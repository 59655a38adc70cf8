package io.promptmonitor.common.rollback;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.windows.WindowSize;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PromptTrafficTest {

  /** However many versions come and go, what is kept can be read, and nothing else is there. */
  @Test
  void theVersionsThatWereSeenLastAreKept() {
    RollbackRun run = new RollbackRun();
    Random random = new Random(5);
    TreeMap<Long, String> seen = new TreeMap<>();
    for (int minute = 0; minute < 2_000; minute++) {
      String version = random.nextInt(20) + ".0.0";
      run.minute(version, minute, 1 + minute % 7, 0);
      seen.values().remove(version);
      seen.put((long) minute, version);
      if (seen.size() > PromptTraffic.MAX_VERSIONS) {
        seen.pollFirstEntry();
      }
      PromptTraffic traffic = run.traffic();
      int windows = 0;
      for (String kept : seen.values()) {
        windows += traffic.minutes(kept, 0, Long.MAX_VALUE).size();
      }
      assertThat(run.stored).as("with the index").hasSize(windows + 1);
      assertThat(
              traffic
                  .merged(version, RollbackRun.START + minute * RollbackRun.MINUTE, Long.MAX_VALUE)
                  .executionCount())
          .isEqualTo(1 + minute % 7);
    }
    assertThat(seen).hasSize(PromptTraffic.MAX_VERSIONS);
  }

  @Test
  void minutesAndHoursAreForgottenAfterTheirTime() {
    RollbackRun run = new RollbackRun();
    for (int hour = 0; hour < 40; hour++) {
      for (int minute = 0; minute < 60; minute++) {
        run.minute("1.0.0", hour * 60 + minute, 1, 0);
      }
      run.window(
          "1.0.0", WindowSize.ONE_HOUR, RollbackRun.START + hour * 60 * RollbackRun.MINUTE, 60, 0);
    }
    assertThat(run.stored).hasSize(PromptTraffic.MINUTES + 24 + 1);
    assertThat(run.traffic().lastDay("1.0.0", Long.MAX_VALUE).executionCount()).isEqualTo(24 * 60);
  }
}
