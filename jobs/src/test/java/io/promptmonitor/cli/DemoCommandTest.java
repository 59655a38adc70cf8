package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a newcomer starts it, in a process and a directory of its own. */
@Tag("slow")
class DemoCommandTest {

  @TempDir private Path directory;

  @Test
  void tellsTheStory() throws Exception {
    String told = demo();
    assertThat(told)
        .containsSubsequence(
            "$ promptmon registry deploy billing/explain-invoice 1.0.0",
            "traffic of billing/explain-invoice begins",
            "$ promptmon registry deploy billing/explain-invoice 1.1.0",
            "ROLLED BACK  1.1.0 → 1.0.0, automatically",
            "$ promptmon rollbacks show pm-",
            "steps:",
            "error type \"invalid_output\"",
            "branch \"multi_currency\"",
            "performance_to_exploration_mapping:",
            "$ promptmon report --date ",
            "billing/explain-invoice ",
            "provisional",
            "billing@2fexplain-invoice.html",
            "Look further");
    // How soon the traffic is back on 1.0.0 depends on the machine.
    assertThat(told).containsPattern("(RECOVERED|NO DATA) +[A-Za-z]");
  }

  private String demo() throws IOException, InterruptedException {
    Path log = directory.resolve("demo.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--add-"))
        .forEach(command::add);
    command.add("-Dfile.encoding=UTF-8");
    command.add("-Dstdout.encoding=UTF-8");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(PromptMon.class.getName());
    command.add("demo");
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().remove("PROMPTMON_DB_URL");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(4, TimeUnit.MINUTES);
      String told = Files.readString(log);
      assertThat(ended).as(told).isTrue();
      assertThat(process.exitValue()).as(told).isZero();
      return told;
    } finally {
      process.destroyForcibly();
    }
  }
}
