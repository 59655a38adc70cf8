package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records that cannot be counted; they come in addition to the good ones.
 *
 * @param share how many there are for each execution
 * @param damages what is wrong with them: code of the {@link Damage} by share
 */
record BrokenRecords(double share, Shares damages) {

  private static final double MAX_SHARE = 1e6;
  private static final List<String> CODES =
      Arrays.stream(Damage.values()).map(Damage::code).toList();

  static final BrokenRecords USUAL = new BrokenRecords(0.0005, allAlike());

  static BrokenRecords read(ConfigSection section) {
    return new BrokenRecords(
        section.get("share", v -> v.decimal(0, 1), USUAL.share),
        section.get(
            "kinds",
            v -> new Shares(v.map(key -> key.choice(CODES), (code, s) -> s.decimal(0, MAX_SHARE))),
            USUAL.damages));
  }

  /** Too large ones are left out: each takes a megabyte. */
  private static Shares allAlike() {
    Map<String, Double> shares = new LinkedHashMap<>();
    CODES.forEach(code -> shares.put(code, code.equals(Damage.TOO_LARGE.code()) ? 0.0 : 1.0));
    return new Shares(shares);
  }
}
