package io.promptmonitor.common.encoding;

import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VarIntTest {

  @Property
  void readsWhatItWrote(@ForAll long value) {
    assertThat(read(bytes(out -> VarInt.write(out, value)), VarInt::read)).isEqualTo(value);
    assertThat(read(bytes(out -> VarInt.writeSigned(out, value)), VarInt::readSigned))
        .isEqualTo(value);
  }

  @Test
  void writesProtocolBuffersForm() {
    assertThat(hex(0)).isEqualTo("00");
    assertThat(hex(127)).isEqualTo("7f");
    assertThat(hex(128)).isEqualTo("8001");
    assertThat(hex(300)).isEqualTo("ac02");
    assertThat(hex(Long.MAX_VALUE)).isEqualTo("ffffffffffffffff7f");
    assertThat(hex(-1)).isEqualTo("ffffffffffffffffff01");
    assertThat(bytes(out -> VarInt.writeSigned(out, -1))).containsExactly(1);
    assertThat(bytes(out -> VarInt.writeSigned(out, 1))).containsExactly(2);
    assertThat(bytes(out -> VarInt.writeSigned(out, Long.MIN_VALUE))).hasSize(10);
  }

  @Test
  void refusesMalformedNumbers() {
    assertThatThrownBy(() -> VarInt.read(input("ffffffffffffffffffff01")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 10 bytes");
    assertThatThrownBy(() -> VarInt.read(input("80"))).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> VarInt.readSize(input("ac02"), 299))
        .hasMessage("malformed size: 300, expected 0 to 299");
    assertThatThrownBy(() -> VarInt.readSize(input("ffffffffffffffffff01"), 299))
        .hasMessageContaining("malformed size: -1");
  }

  private static String hex(long value) {
    return HexFormat.of().formatHex(bytes(out -> VarInt.write(out, value)));
  }

  private static DataInputStream input(String hex) {
    return new DataInputStream(new ByteArrayInputStream(HexFormat.of().parseHex(hex)));
  }
}
