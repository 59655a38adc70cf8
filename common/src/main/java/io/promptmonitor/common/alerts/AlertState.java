package io.promptmonitor.common.alerts;

import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;

/**
 * What {@link AlertLifeCycle} remembers of one rule and one prompt version. Times are milliseconds
 * of event time since the epoch; those that mean nothing in a phase are 0.
 *
 * @param phase where the alert is
 * @param data whether the last evaluation could be decided
 * @param ruleHash {@link AlertRule#contentHash} of the rule that was evaluated
 * @param episode when the condition began to hold; also the episode's number
 * @param lastHeld the last evaluation at which it held
 * @param frozen for how many milliseconds of the episode the clock of the hold stood still
 * @param firingSince when it began to fire
 * @param quietSince since when the condition has not held while the alert goes on firing; {@link
 *     #NEVER} if it holds
 */
public record AlertState(
    AlertPhase phase,
    DataStatus data,
    long ruleHash,
    long episode,
    long lastHeld,
    long frozen,
    long firingSince,
    long quietSince) {

  /** No time. */
  public static final long NEVER = Long.MIN_VALUE;

  private static final AlertState INITIAL = inactive(0, DataStatus.SUFFICIENT);

  private static final byte FORMAT = 1;

  public AlertState {
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(data, "data");
  }

  /** Of a rule that was never evaluated. */
  public static AlertState initial() {
    return INITIAL;
  }

  static AlertState inactive(long ruleHash, DataStatus data) {
    return new AlertState(AlertPhase.INACTIVE, data, ruleHash, 0, 0, 0, 0, NEVER);
  }

  /** Whether the alert fires, and its condition held at an evaluation. */
  boolean holdsAt(long evaluation) {
    return phase == AlertPhase.FIRING && lastHeld == evaluation;
  }

  /** Writes the state; the first byte is the format's version. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    out.writeByte(phase.ordinal());
    out.writeByte(data.ordinal());
    out.writeLong(ruleHash);
    if (phase == AlertPhase.INACTIVE) {
      return;
    }
    VarInt.writeSigned(out, episode);
    VarInt.write(out, lastHeld - episode);
    VarInt.write(out, frozen);
    if (phase == AlertPhase.FIRING) {
      VarInt.write(out, firingSince - episode);
      VarInt.write(out, quietSince == NEVER ? 0 : quietSince - episode + 1);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static AlertState read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of an alert's state: " + format);
    }
    AlertPhase phase = constant(AlertPhase.values(), in.readByte());
    DataStatus data = constant(DataStatus.values(), in.readByte());
    long ruleHash = in.readLong();
    if (phase == AlertPhase.INACTIVE) {
      return inactive(ruleHash, data);
    }
    long episode = VarInt.readSigned(in);
    long lastHeld = episode + VarInt.read(in);
    long frozen = VarInt.read(in);
    if (phase == AlertPhase.PENDING) {
      return new AlertState(phase, data, ruleHash, episode, lastHeld, frozen, 0, NEVER);
    }
    long firingSince = episode + VarInt.read(in);
    long quiet = VarInt.read(in);
    long quietSince = quiet == 0 ? NEVER : episode + quiet - 1;
    return new AlertState(
        phase, data, ruleHash, episode, lastHeld, frozen, firingSince, quietSince);
  }

  private static <E> E constant(E[] constants, byte ordinal) throws IOException {
    if (ordinal < 0 || ordinal >= constants.length) {
      throw new IOException("malformed state of an alert: " + ordinal);
    }
    return constants[ordinal];
  }
}
