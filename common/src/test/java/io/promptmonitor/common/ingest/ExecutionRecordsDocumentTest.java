package io.promptmonitor.common.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The producers' documentation says what the parser does. */
class ExecutionRecordsDocumentTest {

  private static final Path DOCUMENT =
      Path.of(System.getProperty("promptmonitor.root", ".."), "docs", "execution-records.md");
  private static final Pattern JSON_BLOCK = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  private final RecordParser parser =
      new RecordParser(
          ParserOptions.defaults(), () -> Instant.parse("2025-06-01T12:05:00Z").toEpochMilli());

  @Test
  void theExamplesAreValid() throws IOException {
    List<String> examples = examples();
    assertThat(examples).hasSize(2);
    assertThat(parse(examples.get(0)).execution()).isNotNull();
    assertThat(parse(examples.get(1)).feedback()).isNotNull();
  }

  @Test
  void everyReasonIsListedAndItsExampleRejectedForIt() throws IOException {
    Map<String, String> exampleByReason = new TreeMap<>();
    for (String row : section("## Reasons of rejection")) {
      if (row.startsWith("| `")) {
        String[] cells = row.split(" \\| ", -1);
        exampleByReason.put(
            cells[0].replaceAll("[|` ]", ""), cells[2].substring(0, cells[2].length() - 2).trim());
      }
    }
    assertThat(exampleByReason.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(RejectionReason.values()).map(RejectionReason::code).toList());

    String valid = examples().get(0);
    int rejected = 0;
    for (Map.Entry<String, String> entry : exampleByReason.entrySet()) {
      Matcher example = Pattern.compile("`(\"\\w+\"): (.*)`").matcher(entry.getValue());
      if (example.matches()) {
        String wrong =
            valid.replaceFirst(
                example.group(1) + ": (\"[^\"]*\"|[^,\"{}]+)",
                Matcher.quoteReplacement(example.group(1) + ": " + example.group(2)));
        assertThat(parse(wrong).deadLetter()).as(entry.getKey()).isNotNull();
        assertThat(parse(wrong).deadLetter().reason().code()).isEqualTo(entry.getKey());
        rejected++;
      }
    }
    assertThat(rejected).isEqualTo(10);
  }

  @Test
  void everyFieldIsListedWithItsLimit() throws IOException {
    List<String> execution = section("## Execution record");
    List<String> feedback = section("## Feedback event");
    for (RecordField field : RecordField.values()) {
      boolean holdsFields = field.expected().startsWith("an object");
      if (field.belongsToExecutions() && !holdsFields) {
        assertThat(execution).anyMatch(row -> row.startsWith("| `" + field.path() + "` |"));
      }
      if (field.belongsToFeedback()) {
        assertThat(feedback)
            .anyMatch(row -> row.startsWith("| ") && row.contains("`" + field.path() + "`"));
      }
      if (field.expected().endsWith("characters") && field.belongsToExecutions()) {
        assertThat(execution)
            .anyMatch(
                row ->
                    row.startsWith("| `" + field.path() + "` |") && row.contains(field.expected()));
      }
    }
  }

  @Test
  void everyNameOfRawTextIsListed() throws IOException {
    String privacy = String.join("\n", section("## Privacy"));
    String names = privacy.substring(privacy.indexOf("`gen_ai.prompt`") + 15);
    List<String> listed = new ArrayList<>();
    Matcher name = Pattern.compile("`(\\w+)`").matcher(names);
    while (name.find()) {
      listed.add(name.group(1));
    }
    assertThat(listed).containsExactlyElementsOf(new TreeSet<>(RawTextFields.NAMES));
  }

  private static List<String> examples() throws IOException {
    return JSON_BLOCK
        .matcher(Files.readString(DOCUMENT))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static List<String> section(String heading) throws IOException {
    List<String> lines = Files.readAllLines(DOCUMENT);
    int start = lines.indexOf(heading);
    assertThat(start).as(heading).isNotNegative();
    int end = start + 1;
    while (end < lines.size() && !lines.get(end).startsWith("## ")) {
      end++;
    }
    return lines.subList(start, end);
  }

  private Ingested parse(String json) {
    byte[] bytes = json.getBytes(UTF_8);
    return parser.parse("document", 1, bytes, 0, bytes.length);
  }
}
