package io.promptmonitor.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class PromptMonTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... args) {
    return execute(PromptMon.commandLine(), args);
  }

  private int execute(CommandLine commandLine, String... args) {
    return commandLine
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(args);
  }

  @Test
  void helpGoesToStandardOutput() {
    assertThat(execute("--help")).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out.toString()).startsWith("Usage: promptmon");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void everyCommandHasHelp() {
    List<String[]> commands = new ArrayList<>();
    collect(PromptMon.commandLine(), List.of(), commands);
    assertThat(commands).hasSizeGreaterThan(20);
    for (String[] command : commands) {
      out.getBuffer().setLength(0);
      assertThat(execute(command)).as(String.join(" ", command)).isEqualTo(PromptMon.EXIT_OK);
      assertThat(out.toString()).startsWith("Usage: promptmon").contains("-h, --help");
    }
  }

  private static void collect(CommandLine from, List<String> path, List<String[]> commands) {
    List<String> help = new ArrayList<>(path);
    help.add("--help");
    commands.add(help.toArray(String[]::new));
    from.getSubcommands()
        .forEach(
            (name, subcommand) -> {
              List<String> longer = new ArrayList<>(path);
              longer.add(name);
              collect(subcommand, longer, commands);
            });
  }

  @Test
  void versionNamesTheProgram() {
    assertThat(execute("--version")).isEqualTo(PromptMon.EXIT_OK);
    assertThat(out.toString()).startsWith("promptmon ");
  }

  @Test
  void aMissingCommandIsBadUsage() {
    assertThat(execute()).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString())
        .isEqualToNormalizingNewlines("promptmon: a command is missing (try 'promptmon --help')\n");
  }

  @Test
  void anUnknownOptionIsBadUsageInOneLine() {
    assertThat(execute("--no-such-option")).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains("--no-such-option").hasLineCount(1);
  }

  @Test
  void aFailureIsOneLineWithoutStackTrace() {
    CommandLine commandLine = PromptMon.commandLine().addSubcommand(new Failing());
    assertThat(execute(commandLine, "failing")).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).isEqualToNormalizingNewlines("promptmon: no database; at all\n");
  }

  @Command(name = "failing")
  private static final class Failing implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new IllegalStateException("no database\n  at all");
    }
  }
}
