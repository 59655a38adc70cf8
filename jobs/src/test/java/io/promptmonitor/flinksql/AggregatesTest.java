package io.promptmonitor.flinksql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import org.apache.flink.table.functions.AggregateFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The aggregates say what Java says of the same digests and values, however the rows arrive. */
class AggregatesTest {

  private static final double[] SHARES = {0, 0.01, 0.5, 0.95, 0.99, 1};

  private final Random random = new Random(5);

  @Test
  void percentilesOfDigestsAreThoseOfTheirUnion() {
    for (int round = 0; round < 40; round++) {
      List<byte[]> digests = digests(1 + random.nextInt(40));
      QuantileUnion union = new QuantileUnion();
      digests.stream()
          .sorted(Arrays::compareUnsigned)
          .forEach(digest -> union.add(StoredSketches.digest(digest)));
      for (double p : SHARES) {
        Percentile percentile = new Percentile();
        Double expected = union.count() == 0 ? null : (Double) union.quantile(p);
        assertThat(inParts(percentile, digests, (acc, d) -> percentile.accumulate(acc, p, d)))
            .isEqualTo(expected);
      }
      ShareAbove share = new ShareAbove();
      assertThat(inParts(share, digests, (acc, d) -> share.accumulate(acc, 800.0, d)))
          .isEqualTo(
              union.count() == 0
                  ? null
                  : (Double) ((double) union.countAbove(800) / union.count()));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 128, 129, 1023, 1024, 1025, 5000})
  void percentilesOfValuesAreExact(int count) {
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add((int) (400 * Math.exp(0.4 * random.nextGaussian())));
    }
    List<Integer> sorted = values.stream().sorted().toList();
    Percentile percentile = new Percentile();
    for (double p : SHARES) {
      double position = p * (count - 1);
      int low = sorted.get((int) Math.floor(position));
      int high = sorted.get((int) Math.ceil(position));
      double exact = low + (position - Math.floor(position)) * (high - low);
      assertThat(inParts(percentile, values, (acc, v) -> percentile.accumulate(acc, p, v)))
          .isEqualTo(exact);
    }
    ShareAbove share = new ShareAbove();
    assertThat(inParts(share, values, (acc, v) -> share.accumulate(acc, 500.0, v)))
        .isEqualTo((double) values.stream().filter(v -> v > 500).count() / count);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 128, 129, 3000, 20_000})
  void aDigestHasTheBytesThatTheJobStores(int count) {
    List<Integer> values = new ArrayList<>();
    QuantileSketch sketch = new QuantileSketch();
    for (int i = 0; i < count; i++) {
      int value = random.nextInt(1_000_000);
      values.add(value);
      sketch.add(value);
    }
    sketch.close();
    DigestOf digest = new DigestOf();
    assertThat(inParts(digest, values, digest::accumulate)).isEqualTo(StoredSketches.bytes(sketch));
  }

  @Test
  void usersAreCountedOnce() {
    List<byte[]> sketches = new ArrayList<>();
    DistinctSketch all = new DistinctSketch();
    for (int i = 0; i < 30; i++) {
      DistinctSketch one = new DistinctSketch();
      for (int j = random.nextInt(200); j >= 0; j--) {
        long user = new Random(random.nextInt(2000)).nextLong();
        one.add(user);
        all.add(user);
      }
      sketches.add(StoredSketches.bytes(one));
    }
    DistinctUsers users = new DistinctUsers();
    assertThat(inParts(users, sketches, users::accumulate)).isEqualTo(all.estimate());
    assertThat(inParts(users, sketches.subList(0, 1), users::accumulate))
        .isEqualTo(StoredSketches.users(sketches.get(0)).estimate());
  }

  @Test
  void functionsOfOneDigestSayTheSame() {
    for (byte[] digest : digests(50)) {
      Percentile percentile = new Percentile();
      ShareAbove share = new ShareAbove();
      List<byte[]> one = List.of(digest);
      assertThat(new DigestPercentile().eval(0.95, digest))
          .isEqualTo(inParts(percentile, one, (acc, d) -> percentile.accumulate(acc, 0.95, d)));
      assertThat(new DigestShareAbove().eval(300.0, digest))
          .isEqualTo(inParts(share, one, (acc, d) -> share.accumulate(acc, 300.0, d)));
      assertThat(new DigestCount().eval(digest)).isEqualTo(StoredSketches.digest(digest).count());
    }
  }

  @Test
  void nothingIsNull() {
    Percentile percentile = new Percentile();
    Distribution nothing = percentile.createAccumulator();
    percentile.accumulate(nothing, 0.95, (byte[]) null);
    percentile.accumulate(nothing, 0.95, (Integer) null);
    percentile.accumulate(nothing, null, 7);
    percentile.accumulate(nothing, 0.95, StoredSketches.bytes(new QuantileSketch()));
    assertThat(percentile.getValue(nothing)).isNull();
    assertThat(new DigestOf().getValue(new Distribution())).isNull();
    assertThat(new DistinctUsers().getValue(new SeenUsers())).isZero();
    assertThat(new DigestPercentile().eval(0.5, null)).isNull();
    assertThat(new DigestShareAbove().eval(null, new byte[0])).isNull();
    assertThat(new DigestCount().eval(null)).isNull();
  }

  @Test
  void saysWhatIsWrong() {
    Percentile percentile = new Percentile();
    Distribution accumulator = percentile.createAccumulator();
    assertThatThrownBy(() -> percentile.accumulate(accumulator, 95.0, 7))
        .hasMessage("a percentile lies between 0 and 1, not 95.0");
    assertThatThrownBy(() -> percentile.accumulate(accumulator, 0.5, -1))
        .hasMessage("expected a number of 0 or more, found -1");
    percentile.accumulate(accumulator, 0.5, 1);
    assertThatThrownBy(() -> percentile.accumulate(accumulator, 0.9, 1))
        .hasMessage("it is asked for 0.5 and for 0.9: group by it");
    assertThatThrownBy(() -> new ShareAbove().accumulate(new Distribution(), Double.NaN, 1))
        .hasMessage("a threshold is a finite number, not NaN");
    byte[] digest = digests(1).get(0);
    assertThatThrownBy(() -> new DigestCount().eval(Arrays.copyOf(digest, digest.length + 3)))
        .hasMessage((digest.length + 3) + " bytes are no digest: 3 are left over");
    assertThatThrownBy(() -> new DigestCount().eval(new byte[] {9, 9}))
        .hasMessage("2 bytes are no digest");
    assertThatThrownBy(() -> new DistinctUsers().accumulate(new SeenUsers(), new byte[] {9}))
        .hasMessage("1 bytes are no sketch of users");
  }

  private List<byte[]> digests(int count) {
    List<byte[]> digests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      QuantileSketch sketch = new QuantileSketch();
      boolean few = random.nextBoolean();
      for (int n = new int[] {0, 1, 20, 128, 129, 3000}[random.nextInt(6)]; n > 0; n--) {
        sketch.add(few ? 100 * random.nextInt(20) : random.nextInt(3000));
      }
      sketch.close();
      digests.add(StoredSketches.bytes(sketch));
    }
    return digests;
  }

  /** The result over rows in any order and in any number of parts, which are merged. */
  private <R, V, A> V inParts(
      AggregateFunction<V, A> function, List<R> rows, BiConsumer<A, R> accumulate) {
    List<R> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    List<A> parts = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      parts.add(function.createAccumulator());
    }
    shuffled.forEach(row -> accumulate.accept(parts.get(random.nextInt(parts.size())), row));
    A whole = parts.remove(0);
    if (function instanceof DistributionAggregate aggregate) {
      aggregate.merge((Distribution) whole, distributions(parts));
    } else if (function instanceof DigestOf digest) {
      digest.merge((Distribution) whole, distributions(parts));
    } else {
      ((DistinctUsers) (Object) function)
          .merge((SeenUsers) whole, parts.stream().map(SeenUsers.class::cast).toList());
    }
    return function.getValue(whole);
  }

  private static List<Distribution> distributions(List<?> parts) {
    return parts.stream().map(Distribution.class::cast).toList();
  }
}
