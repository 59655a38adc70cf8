package io.promptmonitor.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All runs so far, as a table for people and as JSON. */
final class Measurements {

  private static final double MIB = 1 << 20;

  private final Map<TrafficShape, Map<Contender, List<Map<String, Double>>>> runs =
      new EnumMap<>(TrafficShape.class);

  /** Adds the values of one run. */
  void add(TrafficShape shape, Contender contender, Map<String, Double> values) {
    runs.computeIfAbsent(shape, key -> new LinkedHashMap<>())
        .computeIfAbsent(contender, key -> new ArrayList<>())
        .add(values);
  }

  /** Records a second. */
  static double throughput(Map<String, Double> values) {
    return value(values, "records") / value(values, "seconds");
  }

  private static double value(Map<String, Double> values, String name) {
    return values.getOrDefault(name, Double.NaN);
  }

  private static double medianThroughput(List<Map<String, Double>> of) {
    return median(of.stream().mapToDouble(Measurements::throughput).sorted().toArray());
  }

  private static double median(List<Map<String, Double>> of, String name) {
    return median(of.stream().mapToDouble(values -> value(values, name)).sorted().toArray());
  }

  private static double median(double[] sorted) {
    int n = sorted.length;
    return n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
  }

  /** Markdown: a table for each shape, with medians. */
  String toMarkdown() {
    StringBuilder text = new StringBuilder();
    runs.forEach(
        (shape, contenders) -> {
          text.append(
              "%n%s: records within %d minutes of event time%n%n"
                  .formatted(shape.label(), shape.span().toMinutes()));
          text.append("| contender | windows and settings | records | records/s | to ours |");
          text.append(" CPU a record | peak RSS | peak live heap | checkpoint |\n");
          text.append("|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
          List<Map<String, Double>> ours = contenders.getOrDefault(Contender.OURS, List.of());
          double reference = ours.isEmpty() ? Double.NaN : medianThroughput(ours);
          contenders.forEach((contender, of) -> appendRow(text, contender, of, reference));
        });
    return text.toString();
  }

  private static void appendRow(
      StringBuilder text, Contender contender, List<Map<String, Double>> of, double reference) {
    double throughput = medianThroughput(of);
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %s | %,.0f | %,.0f | %s | %,.2f µs | %,.0f MiB | %,.0f MiB | %,.2f MiB |%n",
            contender.kind().title(),
            contender.settings(),
            median(of, "records"),
            throughput,
            ratio(throughput / reference),
            median(of, "cpu_micros_per_record"),
            median(of, "peak_rss_bytes") / MIB,
            median(of, "peak_live_heap_bytes") / MIB,
            median(of, "checkpoint_bytes") / MIB));
  }

  private static String ratio(double ratio) {
    if (Double.isNaN(ratio)) {
      return "";
    }
    return ratio >= 0.1
        ? String.format(Locale.ROOT, "%.2f", ratio)
        : String.format(Locale.ROOT, "1/%.0f", 1 / ratio);
  }

  /** All values of all runs. */
  void writeJson(Path file, List<String> jvmOptions) throws IOException {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(Files.newBufferedWriter(file, StandardCharsets.UTF_8))
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("processors", Runtime.getRuntime().availableProcessors());
      json.writeStringField("java", Runtime.version().toString());
      json.writeStringField("jvm_options", String.join(" ", jvmOptions));
      json.writeArrayFieldStart("runs");
      for (Map.Entry<TrafficShape, Map<Contender, List<Map<String, Double>>>> shape :
          runs.entrySet()) {
        for (Map.Entry<Contender, List<Map<String, Double>>> contender :
            shape.getValue().entrySet()) {
          for (Map<String, Double> values : contender.getValue()) {
            json.writeStartObject();
            json.writeStringField("shape", shape.getKey().label());
            json.writeStringField("contender", contender.getKey().name());
            for (Map.Entry<String, Double> value : values.entrySet()) {
              json.writeNumberField(value.getKey(), value.getValue());
            }
            json.writeEndObject();
          }
        }
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }
}
