package io.promptmonitor.common.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsoTimestampsTest {

  private static final Pattern LOCAL =
      Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?");
  private static final Pattern ZONE = Pattern.compile("Z|[+-][0-9]{2}:?[0-9]{2}");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2025-01-31T23:59:59Z",
        "2025-01-31 23:59:59.1Z",
        "2025-01-31T23:59:59.123456789+05:30",
        "2025-01-31T23:59:59-0930",
        "2024-02-29T00:00:00Z",
        "2000-02-29T00:00:00Z",
        "1969-12-31T23:59:59.9999Z",
        "0000-01-01T00:00:00+18:00",
        "9999-12-31T23:59:59.999999999-18:00",
        "1970-01-01T00:00:00-00:00"
      })
  void valid(String text) {
    assertThat(parse(text)).isEqualTo(expected(text)).isNotEqualTo(IsoTimestamps.INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2025-01-31",
        "2025-01-31T23:59Z",
        "2025-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2025-04-31T00:00:00Z",
        "2025-13-01T00:00:00Z",
        "2025-00-01T00:00:00Z",
        "2025-01-00T00:00:00Z",
        "2025-01-01T24:00:00Z",
        "2025-01-01T00:60:00Z",
        "2025-01-01T00:00:60Z",
        "2025-01-01T00:00:00.Z",
        "2025-01-01T00:00:00.1234567890Z",
        "2025-01-01T00:00:00z",
        "2025-01-01t00:00:00Z",
        "2025-01-01T00:00:00ZZ",
        "2025-01-01T00:00:00+18:01",
        "2025-01-01T00:00:00+01",
        "2025-01-01T00:00:00+01:60",
        "2025-01-01T00:00:00 +01:00",
        "2025-01-01T00:00:00+01:00[Europe/Paris]",
        "+2025-01-01T00:00:00Z",
        "٢٠٢٥-01-01T00:00:00Z"
      })
  void invalid(String text) {
    assertThat(parse(text)).isEqualTo(IsoTimestamps.INVALID).isEqualTo(expected(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-01-31T23:59:59", "2025-01-31 23:59:59.5"})
  void withoutZone(String text) {
    assertThat(parse(text)).isEqualTo(IsoTimestamps.NO_ZONE);
  }

  @Property(tries = 10_000, seed = "1")
  void agreesWithTheStandardLibrary(@ForAll long seed) {
    Random random = new Random(seed);
    long second = Instant.parse("0000-01-02T00:00:00Z").getEpochSecond();
    long last = Instant.parse("9999-12-30T00:00:00Z").getEpochSecond();
    ZoneOffset zone = ZoneOffset.ofTotalSeconds((random.nextInt(36 * 60) - 18 * 60) * 60);
    OffsetDateTime time =
        Instant.ofEpochSecond(second + (long) (random.nextDouble() * (last - second)))
            .atOffset(zone);
    StringBuilder text =
        new StringBuilder(
            String.format(
                "%04d-%02d-%02d%s%02d:%02d:%02d",
                time.getYear(),
                time.getMonthValue(),
                time.getDayOfMonth(),
                random.nextBoolean() ? "T" : " ",
                time.getHour(),
                time.getMinute(),
                time.getSecond()));
    if (random.nextBoolean()) {
      text.append('.');
      for (int i = random.nextInt(9); i >= 0; i--) {
        text.append((char) ('0' + random.nextInt(10)));
      }
    }
    String id = zone.getId();
    text.append(random.nextBoolean() ? id : id.replace(":", ""));
    for (int i = random.nextInt(3); i > 0; i--) {
      // Mostly digits: a wrong digit is the mistake that is hard to see.
      String characters = "0123456789012345678901234567890123456789:-.+ZT x";
      int at = random.nextInt(text.length());
      switch (random.nextInt(4)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, characters.charAt(random.nextInt(characters.length())));
        default -> text.setCharAt(at, characters.charAt(random.nextInt(characters.length())));
      }
    }
    String result = text.toString();
    assertThat(parse(result)).as(result).isEqualTo(expected(result));
  }

  private static long parse(String text) {
    char[] padded = ("12" + text + "34Z").toCharArray();
    return IsoTimestamps.parse(padded, 2, text.length());
  }

  private static long expected(String text) {
    var local = LOCAL.matcher(text);
    if (!local.lookingAt()) {
      return IsoTimestamps.INVALID;
    }
    String zone = text.substring(local.end());
    if (!zone.isEmpty() && !ZONE.matcher(zone).matches()) {
      return IsoTimestamps.INVALID;
    }
    String withZone = zone.isEmpty() ? "Z" : zone;
    String colon =
        withZone.length() == 5 ? withZone.substring(0, 3) + ":" + withZone.substring(3) : withZone;
    try {
      long millis =
          OffsetDateTime.parse(local.group().replace(' ', 'T') + colon).toInstant().toEpochMilli();
      return zone.isEmpty() ? IsoTimestamps.NO_ZONE : millis;
    } catch (DateTimeException e) {
      return IsoTimestamps.INVALID;
    }
  }
}
