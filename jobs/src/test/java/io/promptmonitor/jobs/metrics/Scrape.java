package io.promptmonitor.jobs.metrics;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;

/** What Prometheus gets from a process. */
record Scrape(List<Sample> samples) {

  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:]+[^{ ]*)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]+)=\"([^\"]*)\"");

  /** One value of a series. */
  record Sample(String name, Map<String, String> labels, double value) {

    private boolean has(String... namesAndValues) {
      for (int i = 0; i < namesAndValues.length; i += 2) {
        if (!namesAndValues[i + 1].equals(labels.get(namesAndValues[i]))) {
          return false;
        }
      }
      return true;
    }
  }

  static Scrape of(int port) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    String text =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    List<Sample> samples = new ArrayList<>();
    for (String line : text.split("\n")) {
      Matcher sample = SAMPLE.matcher(line);
      if (!line.startsWith("#") && sample.matches()) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
          labels.put(label.group(1), label.group(2));
        }
        samples.add(
            new Sample(sample.group(1), labels, Double.parseDouble(sample.group(3).trim())));
      }
    }
    return new Scrape(samples);
  }

  Set<String> names() {
    Set<String> names = new TreeSet<>();
    samples.forEach(sample -> names.add(sample.name));
    return names;
  }

  /** The values of a label of all series of a name. */
  Set<String> values(String name, String label) {
    Set<String> values = new TreeSet<>();
    for (Sample sample : samples) {
      String value = sample.labels.get(label);
      if (sample.name.equals(name) && value != null) {
        values.add(value);
      }
    }
    return values;
  }

  /** The series of a name with the given labels, added up; NaN if there is none. */
  double sum(String name, String... labels) {
    double[] values = values(name, labels).toArray();
    return values.length == 0 ? Double.NaN : DoubleStream.of(values).sum();
  }

  /** The greatest of the series of a name with the given labels. */
  double max(String name, String... labels) {
    return values(name, labels).max().orElse(Double.NaN);
  }

  private DoubleStream values(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name.equals(name) && sample.has(labels))
        .mapToDouble(Sample::value);
  }
}
