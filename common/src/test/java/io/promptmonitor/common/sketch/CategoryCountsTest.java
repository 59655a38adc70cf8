package io.promptmonitor.common.sketch;

import static io.promptmonitor.common.GoldenBytes.assertGolden;
import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.golden;
import static io.promptmonitor.common.GoldenBytes.hex;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class CategoryCountsTest {

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void closedResultDependsOnTheNamesOnly(@ForAll long seed) {
    Random random = new Random(seed);
    int names = new int[] {1, 5, 64, 65, 200, CategoryCounts.OPEN_LIMIT}[random.nextInt(6)];
    List<String> added = new ArrayList<>();
    for (int i = 0; i < 3 * names; i++) {
      added.add("name-" + (int) (names * random.nextDouble() * random.nextDouble()));
    }
    Map<String, Long> exact = new HashMap<>();
    added.forEach(name -> exact.merge(name, 1L, Long::sum));
    CategoryCounts all = new CategoryCounts();
    // Other instances of equal strings must count as the same name.
    added.forEach(name -> all.add(new String(name.toCharArray())));
    assertThat(all.all()).isEqualTo(exact);

    CategoryCounts merged = new CategoryCounts();
    Collections.shuffle(added, random);
    int from = 0;
    while (from < added.size()) {
      int to = from + 1 + random.nextInt(added.size() - from);
      CategoryCounts part = new CategoryCounts();
      added.subList(from, to).forEach(part::add);
      merged.merge(random.nextBoolean() ? part : read(bytes(part::write), CategoryCounts::read));
      from = to;
    }
    assertThat(hex(merged::write)).isEqualTo(hex(all::write));
    all.close();
    merged.close();
    assertThat(hex(merged::write)).isEqualTo(hex(all::write));
    assertClosed(all, exact);
  }

  private static void assertClosed(CategoryCounts closed, Map<String, Long> exact) {
    if (exact.size() <= CategoryCounts.LIMIT) {
      assertThat(closed.all()).isEqualTo(exact);
      return;
    }
    List<Map.Entry<String, Long>> expected = new ArrayList<>(exact.entrySet());
    expected.sort(
        Map.Entry.<String, Long>comparingByValue()
            .reversed()
            .thenComparing(Map.Entry.comparingByKey()));
    long others =
        expected.subList(CategoryCounts.LIMIT, expected.size()).stream()
            .mapToLong(Map.Entry::getValue)
            .sum();
    Map<String, Long> kept = new HashMap<>();
    expected.subList(0, CategoryCounts.LIMIT).forEach(e -> kept.put(e.getKey(), e.getValue()));
    kept.put(CategoryCounts.OTHER, others);
    assertThat(closed.all()).isEqualTo(kept);
  }

  @Test
  void isBoundedAndLosesNoCount() {
    CategoryCounts counts = new CategoryCounts();
    for (int i = 0; i < 10_000; i++) {
      counts.add("name-" + i);
      counts.add("frequent");
    }
    counts.add(CategoryCounts.OTHER, 5);
    assertThat(counts.all()).hasSize(CategoryCounts.OPEN_LIMIT + 1);
    CategoryCounts read = read(bytes(counts::write), CategoryCounts::read);
    assertThat(read.all()).isEqualTo(counts.all());
    for (int i = 0; i < 3; i++) {
      counts.close();
      assertThat(counts.all()).hasSize(CategoryCounts.LIMIT + 1);
      assertThat(counts.all()).containsEntry("frequent", 10_000L);
      assertThat(counts.all().values().stream().mapToLong(c -> c).sum()).isEqualTo(20_005);
    }
  }

  @Test
  void namesTheMostFrequentFirst() {
    CategoryCounts counts = new CategoryCounts();
    counts.add("b", 2);
    counts.add("c", 7);
    counts.add("a", 2);
    assertThat(counts.top(2)).containsExactly(entry("c", 7L), entry("a", 2L));
    assertThat(counts.all()).containsExactly(entry("c", 7L), entry("a", 2L), entry("b", 2L));
    CategoryCounts copy = counts.copy();
    copy.add("a");
    assertThat(counts.top(9)).containsEntry("a", 2L);
    assertThat(new CategoryCounts().isEmpty()).isTrue();
    assertThat(new CategoryCounts().all()).isEmpty();
  }

  @Test
  void keepsTheFormOfItsBytes() {
    CategoryCounts counts = new CategoryCounts();
    counts.add("timeout", 300);
    counts.add("öffnen", 2);
    counts.add("rate_limit");
    assertGolden("categories", counts::write);
    assertThat(read(golden("categories"), CategoryCounts::read).all()).isEqualTo(counts.all());
  }
}
