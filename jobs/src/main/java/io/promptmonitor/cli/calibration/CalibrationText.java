package io.promptmonitor.cli.calibration;

import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.common.calibration.BiasDrift;
import io.promptmonitor.common.calibration.BiasEstimate;
import io.promptmonitor.common.calibration.BiasEstimate.Basis;
import io.promptmonitor.common.calibration.CalibrationAnalysis;
import io.promptmonitor.common.calibration.CalibrationAnalysis.Dimension;
import io.promptmonitor.common.calibration.CalibrationAnalysis.OfGroup;
import io.promptmonitor.common.calibration.CalibrationAnalysis.OfVersion;
import io.promptmonitor.common.calibration.Proposal;
import io.promptmonitor.common.calibration.Proposal.Verdict;
import io.promptmonitor.common.calibration.Reliability;
import io.promptmonitor.common.comparison.Interval;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** An analysis for people: what matters first, tables after it, what to do at the end. */
final class CalibrationText {

  private static final String UNKNOWN = "-";

  /** The rest is in the table. */
  private static final int MAX_VERSIONS = 40;

  private static final List<Column> VERSION_COLUMNS =
      List.of(
          new Column("version", Kind.TEXT),
          new Column("predicted", Kind.NUMBER),
          new Column("actual", Kind.NUMBER),
          new Column("bias", Kind.NUMBER),
          new Column("95 % interval", Kind.NUMBER),
          new Column("error", Kind.NUMBER),
          new Column("scores", Kind.NUMBER),
          new Column("days", Kind.NUMBER),
          new Column("status", Kind.TEXT),
          new Column("drift", Kind.TEXT));

  private static final List<Column> BIN_COLUMNS =
      List.of(
          new Column("predictions", Kind.TEXT),
          new Column("versions", Kind.NUMBER),
          new Column("scores", Kind.NUMBER),
          new Column("predicted", Kind.NUMBER),
          new Column("actual", Kind.NUMBER),
          new Column("bias", Kind.NUMBER));

  private static final List<Column> PROPOSAL_COLUMNS =
      List.of(
          new Column("correction of", Kind.TEXT),
          new Column("versions", Kind.NUMBER),
          new Column("effect", Kind.NUMBER),
          new Column("95 % interval", Kind.NUMBER),
          new Column("held-out error", Kind.NUMBER),
          new Column("in force", Kind.NUMBER),
          new Column("proposed", Kind.NUMBER),
          new Column("because", Kind.TEXT));

  private final CalibrationAnalysis analysis;
  private final TableFormat format;
  private final PrintWriter out;

  CalibrationText(CalibrationAnalysis analysis, TableFormat format, PrintWriter out) {
    this.analysis = analysis;
    this.format = format;
    this.out = out;
  }

  void print() {
    String span = analysis.from() + " to " + analysis.to();
    if (analysis.versions().isEmpty()) {
      line("nothing to compare from " + span + ": no version had executions");
      return;
    }
    BiasEstimate overall = analysis.overall();
    List<OfVersion> compared =
        analysis.versions().stream().filter(v -> v.estimate().basis() != Basis.NONE).toList();
    line("Predicted against actual quality, " + span + ", on the scale 0 to 10");
    line("");
    if (compared.isEmpty()) {
      line("nothing to compare: " + leftOut());
      return;
    }
    line(
        "%s with %s compared%s"
            .formatted(
                count(compared.size(), "version"),
                count(overall.count(), "rating or score", "ratings and scores"),
                compared.size() < analysis.versions().size() ? "; " + leftOut() : ""));
    line(overall(overall));
    line(reliability());
    line("");
    List<OfVersion> furthestFirst =
        compared.stream()
            .sorted(
                Comparator.comparingDouble((OfVersion v) -> -Math.abs(v.estimate().bias()))
                    .thenComparing(OfVersion::promptId)
                    .thenComparing(OfVersion::versionId))
            .toList();
    List<OfVersion> shown = furthestFirst.subList(0, Math.min(MAX_VERSIONS, furthestFirst.size()));
    format.print(VERSION_COLUMNS, shown.stream().map(CalibrationText::row).toList(), out);
    if (shown.size() < furthestFirst.size()) {
      line(
          "and %s that %s less off: see the table calibration_result"
              .formatted(
                  count(furthestFirst.size() - shown.size(), "version"),
                  furthestFirst.size() - shown.size() == 1 ? "is" : "are"));
    }
    if (shown.stream().anyMatch(v -> v.estimate().basis() == Basis.BOUND)) {
      line(
          "* fewer than %d days: how much days differ is not known, the interval is of chance alone"
              .formatted(BiasEstimate.MIN_DAYS));
    }
    for (Dimension dimension : Dimension.values()) {
      groups(dimension);
    }
    line("");
    format.print(
        BIN_COLUMNS,
        analysis.reliability().bins().stream().map(CalibrationText::row).toList(),
        out);
    proposals();
  }

  private String leftOut() {
    long unpredicted =
        analysis.versions().stream().filter(v -> Double.isNaN(v.predictedQuality())).count();
    long unrated =
        analysis.versions().stream()
            .filter(v -> !Double.isNaN(v.predictedQuality()))
            .filter(v -> v.estimate().basis() == Basis.NONE)
            .count();
    String text = "";
    if (unpredicted > 0) {
      text = count(unpredicted, "version") + " without a predicted quality in the registry";
    }
    if (unrated > 0) {
      text +=
          (text.isEmpty() ? "" : ", ") + count(unrated, "version") + " without ratings and scores";
    }
    return text;
  }

  private static String overall(BiasEstimate overall) {
    String direction = overall.bias() >= 0 ? "too good" : "too bad";
    return "predictions are %s %s on average (95 %% interval %s): %s"
        .formatted(
            number(Math.abs(overall.bias())),
            direction,
            interval(overall.interval()),
            words(overall.status().label()));
  }

  private String reliability() {
    Reliability reliability = analysis.reliability();
    String rank =
        Double.isNaN(reliability.rankCorrelation())
            ? "rank correlation unknown (it takes three versions that differ)"
            : "rank correlation " + number(reliability.rankCorrelation());
    String drift =
        analysis.driftTested() == 0
            ? "no drift looked for (it takes " + BiasDrift.MIN_DAYS + " days of a version)"
            : "drift looked for in " + count(analysis.driftTested(), "version");
    return "expected calibration error %s, %s, %s"
        .formatted(number(reliability.expectedCalibrationError()), rank, drift);
  }

  private void groups(Dimension dimension) {
    List<OfGroup> groups =
        analysis.groups().stream().filter(g -> g.dimension() == dimension).toList();
    if (groups.isEmpty()) {
      return;
    }
    line("");
    format.print(
        List.of(
            new Column(dimension.label(), Kind.TEXT),
            new Column("versions", Kind.NUMBER),
            new Column("predicted", Kind.NUMBER),
            new Column("actual", Kind.NUMBER),
            new Column("bias", Kind.NUMBER),
            new Column("95 % interval", Kind.NUMBER),
            new Column("error", Kind.NUMBER),
            new Column("scores", Kind.NUMBER),
            new Column("status", Kind.TEXT)),
        groups.stream()
            .map(
                g ->
                    List.of(
                        g.name(),
                        String.valueOf(g.estimate().versions()),
                        number(g.estimate().predicted()),
                        number(g.estimate().actual()),
                        signed(g.estimate().bias()),
                        interval(g.estimate().interval()),
                        number(g.estimate().meanAbsoluteError()),
                        whole(g.estimate().count()),
                        words(g.estimate().status().label())))
            .toList(),
        out);
  }

  private static List<String> row(OfVersion version) {
    BiasEstimate e = version.estimate();
    BiasDrift drift = version.drift();
    return List.of(
        version.promptId() + "@" + version.versionId(),
        number(e.predicted()),
        number(e.actual()),
        signed(e.bias()),
        interval(e.interval()) + (e.basis() == Basis.BOUND ? " *" : ""),
        number(e.meanAbsoluteError()),
        whole(e.count()),
        String.valueOf(e.days()),
        words(e.status().label()),
        drift == null
            ? ""
            : "since %s: %s before, %s after"
                .formatted(drift.began(), signed(drift.before()), signed(drift.after())));
  }

  private static List<String> row(Reliability.Bin bin) {
    return List.of(
        "%.0f to %.0f".formatted(bin.lower(), bin.upper()),
        String.valueOf(bin.versions()),
        whole(bin.count()),
        number(bin.predicted()),
        number(bin.actual()),
        signed(bin.predicted() - bin.actual()));
  }

  private void proposals() {
    List<Proposal> shown =
        analysis.proposals().stream()
            .filter(p -> p.verdict() != Verdict.TOO_FEW || p.current() != 0)
            .toList();
    line("");
    if (!shown.isEmpty()) {
      format.print(PROPOSAL_COLUMNS, shown.stream().map(CalibrationText::row).toList(), out);
      line("");
    }
    int changes = analysis.changes().size();
    int tooFew = analysis.proposals().size() - shown.size();
    line(
        (changes == 0
                ? "no correction of predictions is proposed"
                : count(changes, "correction") + " of predictions proposed")
            + (tooFew == 0
                ? ""
                : " (too few data of %s)"
                    .formatted(
                        count(tooFew, "technique or combination", "techniques and combinations"))));
  }

  private static List<String> row(Proposal p) {
    return List.of(
        String.join(" + ", p.techniques()),
        String.valueOf(p.versions()),
        signed(p.effect()),
        interval(p.interval()),
        number(p.errorBefore()) + " → " + number(p.errorAfter()),
        p.current() == 0 ? UNKNOWN : signed(p.current()),
        p.isChange() ? signed(p.value()) : UNKNOWN,
        p.verdict() == Verdict.CORRECT
            ? "clear, and better on held-out versions"
            : p.verdict().text());
  }

  private static String interval(Interval interval) {
    return interval.isKnown()
        ? signed(interval.lower()) + " to " + signed(interval.upper())
        : UNKNOWN;
  }

  private static String words(String label) {
    return label.replace('_', ' ');
  }

  private static String number(double value) {
    return Double.isNaN(value) ? UNKNOWN : String.format(Locale.ROOT, "%.2f", value);
  }

  private static String signed(double value) {
    if (Double.isNaN(value)) {
      return UNKNOWN;
    }
    String text = String.format(Locale.ROOT, "%+.2f", value);
    return text.equals("-0.00") || text.equals("+0.00") ? "0.00" : text;
  }

  private static String whole(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String count(long number, String one) {
    return count(number, one, one + "s");
  }

  private static String count(long number, String one, String many) {
    return whole(number) + " " + (number == 1 ? one : many);
  }

  private void line(String text) {
    out.println(text);
    out.flush();
  }
}
