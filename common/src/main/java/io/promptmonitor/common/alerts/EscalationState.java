package io.promptmonitor.common.alerts;

import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What {@link Escalation} remembers of one episode that fires. Times are milliseconds since the
 * epoch, by the clock that the caller uses for escalation.
 *
 * @param policy the policy, which is that of the episode's beginning whatever changes later
 * @param since when the alert began to fire
 * @param toldAt when people were last told that it fires; {@link AlertState#NEVER} if they were not
 * @param escalatedAt when it was escalated; NEVER if it was not
 * @param acknowledgedAt when somebody took it on; NEVER if nobody did
 */
public record EscalationState(
    EscalationPolicy policy, long since, long toldAt, long escalatedAt, long acknowledgedAt) {

  private static final byte FORMAT = 1;
  private static final int MAX_CHANNELS = 1_000;

  public EscalationState {
    Objects.requireNonNull(policy, "policy");
  }

  /** Whether somebody took the alert on. */
  public boolean isAcknowledged() {
    return acknowledgedAt != AlertState.NEVER;
  }

  /** Whether it was escalated. */
  public boolean isEscalated() {
    return escalatedAt != AlertState.NEVER;
  }

  /** Whether anybody was told that the alert fires. */
  public boolean isTold() {
    return toldAt != AlertState.NEVER;
  }

  EscalationState told(long now) {
    return new EscalationState(policy, since, now, escalatedAt, acknowledgedAt);
  }

  EscalationState escalated(long now) {
    return new EscalationState(policy, since, now, now, acknowledgedAt);
  }

  EscalationState acknowledged(long now) {
    return new EscalationState(policy, since, toldAt, escalatedAt, now);
  }

  /** Writes the state; the first byte is the format's version. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    List<String> channels = policy.channels();
    VarInt.write(out, channels.size());
    for (String channel : channels) {
      out.writeUTF(channel);
    }
    writeDuration(out, policy.repeatAfter());
    writeDuration(out, policy.escalateAfter());
    String escalateTo = policy.escalateTo();
    out.writeUTF(escalateTo == null ? "" : escalateTo);
    VarInt.writeSigned(out, since);
    writeTime(out, toldAt);
    writeTime(out, escalatedAt);
    writeTime(out, acknowledgedAt);
  }

  /** Reads what {@link #write} wrote. */
  public static EscalationState read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of an escalation: " + format);
    }
    int size = VarInt.readSize(in, MAX_CHANNELS);
    List<String> channels = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      channels.add(in.readUTF());
    }
    Duration repeatAfter = readDuration(in);
    Duration escalateAfter = readDuration(in);
    String escalateTo = in.readUTF();
    EscalationPolicy policy =
        new EscalationPolicy(
            channels, repeatAfter, escalateAfter, escalateTo.isEmpty() ? null : escalateTo);
    return new EscalationState(
        policy, VarInt.readSigned(in), readTime(in), readTime(in), readTime(in));
  }

  /** A duration is above 0: 0 stands for none. */
  private static void writeDuration(DataOutput out, @Nullable Duration duration)
      throws IOException {
    VarInt.write(out, duration == null ? 0 : duration.toMillis());
  }

  private static @Nullable Duration readDuration(DataInput in) throws IOException {
    long millis = VarInt.read(in);
    return millis == 0 ? null : Duration.ofMillis(millis);
  }

  private static void writeTime(DataOutput out, long time) throws IOException {
    out.writeBoolean(time != AlertState.NEVER);
    if (time != AlertState.NEVER) {
      VarInt.writeSigned(out, time);
    }
  }

  private static long readTime(DataInput in) throws IOException {
    return in.readBoolean() ? VarInt.readSigned(in) : AlertState.NEVER;
  }
}
