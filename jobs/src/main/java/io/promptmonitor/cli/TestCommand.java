package io.promptmonitor.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigProblem;
import io.promptmonitor.common.ruletests.RuleTest;
import io.promptmonitor.common.ruletests.RuleTestFile;
import io.promptmonitor.common.ruletests.RuleTestResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code promptmon test}: runs unit tests of alert rules. */
@Command(
    name = "test",
    description = {
      "Runs unit tests of alert rules: series of executions go in, and alerts, rollbacks and"
          + " notifications must come out at given times. Needs neither database nor cluster.",
      "docs/rule-tests.md explains the files.",
      "Exit code: 0 if all tests pass, 1 if any fails, 2 if a file cannot be used."
    },
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {

  /** What came of the tests of a file. */
  private record FileResult(Path file, List<RuleTestResult> results) {}

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML files with tests.")
  private List<Path> files;

  @Option(
      names = "--run",
      paramLabel = "REGEX",
      description = "Run only the tests in whose name this is found.")
  private @Nullable String run;

  @Option(names = "--json", description = "Print the results as JSON.")
  private boolean json;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also write the results as JUnit XML, which CI systems show.")
  private @Nullable Path junit;

  @Override
  public Integer call() throws JsonProcessingException {
    Pattern wanted = pattern();
    Map<Path, RuleTestFile> read = readAll();
    PrintWriter out = spec.commandLine().getOut();
    RuleTestText text = new RuleTestText(Terminal.isOutputInteractive());
    List<FileResult> all = new ArrayList<>();
    int tests = 0;
    int failed = 0;
    for (Map.Entry<Path, RuleTestFile> file : read.entrySet()) {
      List<RuleTest> chosen =
          file.getValue().tests().stream()
              .filter(test -> wanted.matcher(test.name()).find())
              .toList();
      if (chosen.isEmpty()) {
        continue;
      }
      if (!json) {
        out.println(file.getKey());
      }
      List<RuleTestResult> results = new ArrayList<>();
      for (RuleTest test : chosen) {
        RuleTestResult result = test.run();
        results.add(result);
        tests++;
        failed += result.passed() ? 0 : 1;
        if (!json) {
          text.lines(result).forEach(out::println);
          out.flush();
        }
      }
      all.add(new FileResult(file.getKey(), results));
    }
    if (tests == 0) {
      throw new ParameterException(
          spec.commandLine(), "--run: no test's name has \"" + run + "\" in it");
    }
    if (json) {
      out.println(new ObjectMapper().writeValueAsString(all.stream().map(this::values).toList()));
    } else {
      out.println(text.summary(tests, failed, all.size()));
    }
    out.flush();
    writeJunit(all);
    return failed == 0 ? PromptMon.EXIT_OK : PromptMon.EXIT_PROBLEM;
  }

  private Pattern pattern() {
    try {
      return Pattern.compile(run == null ? "" : run);
    } catch (PatternSyntaxException e) {
      throw new ParameterException(
          spec.commandLine(), "--run: not a regular expression: " + e.getDescription(), e);
    }
  }

  /** Reads all files before any test runs; the problems of all of them are told at once. */
  private Map<Path, RuleTestFile> readAll() {
    Map<Path, RuleTestFile> read = new LinkedHashMap<>();
    List<ConfigProblem> problems = new ArrayList<>();
    for (Path file : files) {
      try {
        read.put(file, RuleTestFile.read(file));
      } catch (ConfigException e) {
        problems.addAll(e.problems());
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return read;
  }

  private Map<String, Object> values(FileResult file) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("file", file.file().toString());
    values.put("ok", file.results().stream().allMatch(RuleTestResult::passed));
    values.put("tests", file.results().stream().map(TestCommand::values).toList());
    return values;
  }

  private static Map<String, Object> values(RuleTestResult result) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("name", result.name());
    values.put("ok", result.passed());
    values.put("checks", result.checks());
    values.put("failures", result.failures().stream().map(TestCommand::values).toList());
    return values;
  }

  private static Map<String, Object> values(RuleTestResult.Failure failure) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("at", failure.at());
    values.put("what", failure.what());
    for (RuleTestResult.Mark mark : RuleTestResult.Mark.values()) {
      values.put(
          mark.name().toLowerCase(Locale.ROOT),
          failure.lines().stream()
              .filter(line -> line.mark() == mark)
              .map(RuleTestResult.Line::text)
              .toList());
    }
    values.put("notes", failure.notes());
    return values;
  }

  private void writeJunit(List<FileResult> all) {
    if (junit == null) {
      return;
    }
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml.append("<testsuites>\n");
    for (FileResult file : all) {
      long failed = file.results().stream().filter(result -> !result.passed()).count();
      xml.append("  <testsuite name=").append(attribute(file.file().toString()));
      xml.append(" tests=\"").append(file.results().size());
      xml.append("\" failures=\"").append(failed).append("\">\n");
      for (RuleTestResult result : file.results()) {
        xml.append("    <testcase classname=").append(attribute(file.file().toString()));
        xml.append(" name=").append(attribute(result.name()));
        if (result.passed()) {
          xml.append("/>\n");
        } else {
          String report = String.join("\n", new RuleTestText(false).lines(result));
          xml.append(">\n      <failure message=\"not as expected\">");
          xml.append(escaped(report)).append("</failure>\n    </testcase>\n");
        }
      }
      xml.append("  </testsuite>\n");
    }
    xml.append("</testsuites>\n");
    try {
      Files.writeString(junit, xml);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "cannot write " + junit + ": " + e.getClass().getSimpleName(), e);
    }
  }

  private static String attribute(String text) {
    return '"' + escaped(VisibleText.of(text)) + '"';
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
