package io.promptmonitor.common.calibration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What each technique and each combination adds to the bias of a version, told apart although
 * versions use several, and shrunk towards 0 as far as the data leave it open: empirical Bayes in
 * the linear mixed model
 *
 * <pre>bias of version = sum of its techniques' effects + its combination's effect
 *                  + what is the version's own + chance</pre>
 *
 * <p>Effects of techniques, of combinations and of versions are normal around 0, with variances
 * that the EM algorithm finds; chance has each estimate's standard error.
 */
final class TechniqueEffects {

  private static final int MAX_ITERATIONS = 200;
  private static final double TOLERANCE = 1e-4;
  private static final double LEAST_VARIANCE = 1e-6;

  /** A version's bias, and what to ascribe it to. */
  record Observation(List<String> techniques, double bias, double squaredError) {}

  /** Variances of the effects. */
  record Variances(double ofTechniques, double ofCombinations, double ofVersions) {}

  /** An effect with its posterior standard deviation. */
  record Effect(double value, double deviation) {}

  private final Map<List<String>, Integer> columns;
  private final double[] means;
  private final double[][] covariance;
  private final Variances variances;

  private TechniqueEffects(
      Map<List<String>, Integer> columns,
      double[] means,
      double[][] covariance,
      Variances variances) {
    this.columns = columns;
    this.means = means;
    this.covariance = covariance;
    this.variances = variances;
  }

  /** The effects, with the variances that make the observations most likely. */
  static TechniqueEffects fit(List<Observation> observations) {
    double mean = observations.stream().mapToDouble(o -> o.bias() * o.bias()).average().orElse(0);
    double start = Math.max(0.01, mean / 2);
    Variances variances = new Variances(start, start, start);
    Map<List<String>, Integer> columns = columns(observations);
    int[][] design = design(observations, columns);
    TechniqueEffects effects = fit(observations, columns, design, variances);
    for (int i = 0; i < MAX_ITERATIONS; i++) {
      Variances next = effects.maximized(observations, design);
      boolean settled = close(variances, next);
      variances = next;
      effects = fit(observations, columns, design, variances);
      if (settled) {
        break;
      }
    }
    return effects;
  }

  /** The effects for given variances. */
  static TechniqueEffects fit(List<Observation> observations, Variances variances) {
    Map<List<String>, Integer> columns = columns(observations);
    return fit(observations, columns, design(observations, columns), variances);
  }

  /** For each observation the columns of its techniques and its combination. */
  private static int[][] design(
      List<Observation> observations, Map<List<String>, Integer> columns) {
    return observations.stream()
        .map(o -> columnsOf(o.techniques(), columns))
        .map(of -> of.stream().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  private static TechniqueEffects fit(
      List<Observation> observations,
      Map<List<String>, Integer> columns,
      int[][] design,
      Variances variances) {
    int p = columns.size();
    double[][] precision = new double[p][p];
    double[] right = new double[p];
    columns.forEach(
        (key, i) ->
            precision[i][i] =
                1 / (key.size() > 1 ? variances.ofCombinations() : variances.ofTechniques()));
    for (int v = 0; v < design.length; v++) {
      Observation o = observations.get(v);
      double weight = 1 / (variances.ofVersions() + o.squaredError());
      for (int i : design[v]) {
        right[i] += weight * o.bias();
        for (int j : design[v]) {
          precision[i][j] += weight;
        }
      }
    }
    double[][] covariance = inverse(precision);
    double[] means = new double[p];
    for (int i = 0; i < p; i++) {
      for (int j = 0; j < p; j++) {
        means[i] += covariance[i][j] * right[j];
      }
    }
    return new TechniqueEffects(columns, means, covariance, variances);
  }

  /** One step of the EM algorithm: the expected squares of the effects. */
  private Variances maximized(List<Observation> observations, int[][] design) {
    double[] sums = new double[2];
    int[] counts = new int[2];
    columns.forEach(
        (key, i) -> {
          int kind = key.size() > 1 ? 1 : 0;
          sums[kind] += means[i] * means[i] + covariance[i][i];
          counts[kind]++;
        });
    double ofVersions = 0;
    for (int v = 0; v < design.length; v++) {
      Observation o = observations.get(v);
      double share = variances.ofVersions() / (variances.ofVersions() + o.squaredError());
      double explained = 0;
      double uncertainty = 0;
      for (int i : design[v]) {
        explained += means[i];
        for (int j : design[v]) {
          uncertainty += covariance[i][j];
        }
      }
      double own = share * (o.bias() - explained);
      ofVersions += own * own + share * o.squaredError() + share * share * uncertainty;
    }
    return new Variances(
        Math.max(LEAST_VARIANCE, sums[0] / Math.max(1, counts[0])),
        Math.max(LEAST_VARIANCE, sums[1] / Math.max(1, counts[1])),
        Math.max(LEAST_VARIANCE, ofVersions / observations.size()));
  }

  private static boolean close(Variances a, Variances b) {
    return close(a.ofTechniques(), b.ofTechniques())
        && close(a.ofCombinations(), b.ofCombinations())
        && close(a.ofVersions(), b.ofVersions());
  }

  private static boolean close(double a, double b) {
    return Math.abs(a - b) <= TOLERANCE * Math.max(LEAST_VARIANCE, Math.max(a, b));
  }

  Variances variances() {
    return variances;
  }

  /** What there are effects of: techniques first, then combinations, each in order. */
  Set<List<String>> subjects() {
    Set<List<String>> subjects = new LinkedHashSet<>();
    columns.keySet().stream().filter(key -> key.size() == 1).forEach(subjects::add);
    subjects.addAll(columns.keySet());
    return subjects;
  }

  /** The effect of a technique or combination; 0 if there is none of it in the data. */
  Effect of(List<String> subject) {
    Integer i = columns.get(subject);
    return i == null ? new Effect(0, 0) : new Effect(means[i], Math.sqrt(covariance[i][i]));
  }

  /** What the techniques (sorted) explain of a version's bias. */
  double explained(List<String> techniques) {
    return columnsOf(techniques, columns).stream().mapToDouble(i -> means[i]).sum();
  }

  private static Map<List<String>, Integer> columns(List<Observation> observations) {
    Map<List<String>, Integer> columns = new TreeMap<>(TechniqueEffects::compare);
    Set<List<String>> once = new HashSet<>();
    for (Observation o : observations) {
      for (String technique : o.techniques()) {
        columns.putIfAbsent(List.of(technique), columns.size());
      }
      // The effect of a combination that one version has cannot be told from the version's own.
      if (o.techniques().size() > 1 && !once.add(o.techniques())) {
        columns.putIfAbsent(o.techniques(), columns.size());
      }
    }
    return columns;
  }

  private static int compare(List<String> a, List<String> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = a.get(i).compareTo(b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private static List<Integer> columnsOf(
      List<String> techniques, Map<List<String>, Integer> columns) {
    List<Integer> of = new ArrayList<>();
    for (String technique : techniques) {
      Integer i = columns.get(List.of(technique));
      if (i != null) {
        of.add(i);
      }
    }
    Integer i = techniques.size() > 1 ? columns.get(techniques) : null;
    if (i != null) {
      of.add(i);
    }
    return of;
  }

  /**
   * The inverse of a symmetric, positive definite matrix, by Gauss and Jordan; no pivots needed.
   */
  private static double[][] inverse(double[][] matrix) {
    int n = matrix.length;
    double[][] a = new double[n][];
    for (int i = 0; i < n; i++) {
      a[i] = matrix[i].clone();
    }
    for (int k = 0; k < n; k++) {
      double pivot = 1 / a[k][k];
      a[k][k] = 1;
      for (int j = 0; j < n; j++) {
        a[k][j] *= pivot;
      }
      for (int i = 0; i < n; i++) {
        double factor = a[i][k];
        if (i == k || factor == 0) {
          continue;
        }
        a[i][k] = 0;
        for (int j = 0; j < n; j++) {
          a[i][j] -= factor * a[k][j];
        }
      }
    }
    return a;
  }
}
