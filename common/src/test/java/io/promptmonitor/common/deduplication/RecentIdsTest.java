package io.promptmonitor.common.deduplication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RecentIdsTest {

  /**
   * Few different ids, so that they are repeated, forgotten and seen again; -1 to 40 with
   * collisions in the table.
   */
  @Property
  void remembersTheNewestIds(
      @ForAll @IntRange(min = 1, max = 24) int capacity,
      @ForAll @Size(max = 300) List<@LongRange(min = -1, max = 40) Long> ids)
      throws IOException {
    RecentIds memory = new RecentIds(capacity);
    LinkedHashSet<Long> oracle = new LinkedHashSet<>();
    int step = 0;
    for (long id : ids) {
      boolean isNew = oracle.add(id);
      if (oracle.size() > capacity) {
        oracle.remove(oracle.iterator().next());
      }
      assertThat(memory.add(id)).isEqualTo(isNew);
      assertThat(memory.size()).isEqualTo(oracle.size());
      if (++step % 50 == 0) {
        memory = copy(memory, capacity);
      }
    }
  }

  @Property(tries = 20)
  void growsToItsCapacity(@ForAll @IntRange(min = 1000, max = 5000) int capacity) {
    RecentIds memory = new RecentIds(capacity);
    for (long id = 0; id < 3L * capacity; id++) {
      assertThat(memory.add(id * 0x9E3779B97F4A7C15L)).isTrue();
    }
    assertThat(memory.size()).isEqualTo(capacity);
    for (long id = 2L * capacity; id < 3L * capacity; id++) {
      assertThat(memory.add(id * 0x9E3779B97F4A7C15L)).isFalse();
    }
    assertThat(memory.added()).isEqualTo(3L * capacity);
  }

  @Test
  void keepsTheNewestWhenRestoredWithLessRoom() throws IOException {
    RecentIds memory = new RecentIds(10);
    for (long id = 1; id <= 10; id++) {
      memory.add(id);
    }
    RecentIds smaller = copy(memory, 3);
    assertThat(smaller.size()).isEqualTo(3);
    assertThat(smaller.added()).isEqualTo(10);
    assertThat(smaller.add(10)).isFalse();
    assertThat(smaller.add(7)).isTrue();
  }

  @Test
  void bytesInStateStayReadable() throws IOException {
    RecentIds memory = new RecentIds(2);
    memory.add(1);
    memory.add(2);
    memory.add(0x0102030405060708L);
    assertThat(HexFormat.of().formatHex(bytes(memory)))
        .isEqualTo("010302" + "0000000000000002" + "0102030405060708");
  }

  @Test
  void capacityIsChecked() {
    assertThatIllegalArgumentException().isThrownBy(() -> new RecentIds(0));
  }

  private static byte[] bytes(RecentIds memory) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    memory.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static RecentIds copy(RecentIds memory, int capacity) throws IOException {
    return RecentIds.read(new DataInputStream(new ByteArrayInputStream(bytes(memory))), capacity);
  }
}
