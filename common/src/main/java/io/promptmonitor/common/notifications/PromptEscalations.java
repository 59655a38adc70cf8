package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertLabels;
import io.promptmonitor.common.alerts.AlertState;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.Escalation;
import io.promptmonitor.common.alerts.EscalationMessage;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.EscalationState;
import io.promptmonitor.common.alerts.EscalationStep;
import io.promptmonitor.common.alerts.Muting;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.encoding.RecordJson;
import io.promptmonitor.common.encoding.VarInt;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of the alerts of one prompt, and when: the escalation of each episode that fires,
 * silences, inhibition and acknowledgements, and messages collected into few notifications. A state
 * machine; times are milliseconds since the epoch by whatever clock the caller uses throughout.
 *
 * <p>It needs {@link #wake} at {@link #wakeUpAt}, and whenever silences change. Not thread-safe.
 */
public final class PromptEscalations {

  private static final byte FORMAT = 1;
  private static final int MAX_EPISODES = 1_000_000;
  private static final int MAX_JSON = 10_000_000;

  /** How long an acknowledgement waits for the alert that it is about. */
  private static final long EARLY_ACKNOWLEDGEMENT = 3_600_000;

  /** What happens to what is worked out. */
  public interface Output {

    /** Something is to be sent. */
    void notification(Notification notification);

    /** Where an escalation is now. */
    void escalation(EscalationRow row);
  }

  private final String promptId;
  private final Map<String, Episode> episodes = new TreeMap<>();
  private final Map<String, EarlyAcknowledgement> early = new TreeMap<>();
  private final MessageGroups groups;

  /** An acknowledgement that came before its alert, and when. */
  private record EarlyAcknowledgement(String by, @Nullable String comment, long at) {}

  /** An episode that fires. */
  private static final class Episode {
    private final AlertEvent firing;
    private EscalationState state;
    private int messages;
    private @Nullable String acknowledgedBy;
    private @Nullable String comment;
    private @Nullable String mutedBy;
    private long wakeUpAt;
    private long endedAt = AlertState.NEVER;

    Episode(AlertEvent firing, EscalationState state) {
      this.firing = firing;
      this.state = state;
      this.wakeUpAt = state.since();
    }
  }

  /** The part of an episode that can be written as JSON. */
  private record EpisodeJson(
      AlertEvent firing,
      int messages,
      @Nullable String acknowledgedBy,
      @Nullable String comment,
      @Nullable String mutedBy,
      long wakeUpAt) {}

  /** Of a prompt of which no alert fires. */
  public PromptEscalations(String promptId, GroupingConfig grouping) {
    this.promptId = promptId;
    this.groups = new MessageGroups(promptId, grouping);
  }

  /**
   * Takes note of what happened to an alert. {@link #wake} has to follow.
   *
   * @param policy for the severity of its rule
   */
  public void take(AlertEvent event, EscalationPolicy policy, long now, Output output) {
    String alertId = event.alertId();
    if (alertId == null) {
      return;
    }
    if (event.change() == Change.FIRING) {
      begin(alertId, event, policy.with(event.rule().channels()), now, output);
    } else if (event.change() == Change.RESOLVED) {
      resolve(alertId, event, now, output);
    }
  }

  private void begin(
      String alertId, AlertEvent event, EscalationPolicy policy, long now, Output output) {
    boolean nobody = policy.channels().isEmpty() && policy.escalateTo() == null;
    if (nobody || episodes.containsKey(alertId) || !event.demands(AlertAction.ALERT)) {
      return;
    }
    Episode episode = new Episode(event, Escalation.begin(policy, now));
    episodes.put(alertId, episode);
    EarlyAcknowledgement acknowledged = early.remove(alertId);
    if (acknowledged == null) {
      output.escalation(row(alertId, episode));
    } else {
      acknowledge(new Acknowledgement(alertId, acknowledged.by, acknowledged.comment), now, output);
    }
  }

  private void resolve(String alertId, AlertEvent event, long now, Output output) {
    Episode episode = episodes.remove(alertId);
    if (episode == null) {
      return;
    }
    EscalationStep step = Escalation.resolve(episode.state, now);
    send(alertId, episode, step.messages(), event.time(), event.cause(), now);
    episode.endedAt = now;
    episode.wakeUpAt = Long.MAX_VALUE;
    episode.mutedBy = null;
    output.escalation(row(alertId, episode));
  }

  /** Somebody takes an alert on; at once, or as soon as it fires. */
  public void acknowledge(Acknowledgement acknowledgement, long now, Output output) {
    String alertId = acknowledgement.alertId();
    Episode episode = episodes.get(alertId);
    if (episode == null) {
      // A replay knows all commands before its time begins: each waits for its alert to the end.
      long at = now == Long.MIN_VALUE ? Long.MAX_VALUE - EARLY_ACKNOWLEDGEMENT : now;
      early.put(
          alertId, new EarlyAcknowledgement(acknowledgement.by(), acknowledgement.comment(), at));
      return;
    }
    if (episode.state.isAcknowledged()) {
      return;
    }
    EscalationStep step = Escalation.acknowledge(episode.state, now);
    episode.state = advanced(episode, step);
    episode.acknowledgedBy = acknowledgement.by();
    episode.comment = acknowledgement.comment();
    episode.wakeUpAt = Long.MAX_VALUE;
    episode.mutedBy = null;
    send(alertId, episode, step.messages(), AlertState.NEVER, null, now);
    output.escalation(row(alertId, episode));
  }

  private static EscalationState advanced(Episode episode, EscalationStep step) {
    EscalationState next = step.state();
    return next == null ? episode.state : next;
  }

  /** Does what is due: messages of episodes, then notifications of collected messages. */
  public void wake(List<Silence> silences, long now, Output output) {
    early.values().removeIf(acknowledgement -> acknowledgement.at + EARLY_ACKNOWLEDGEMENT <= now);
    List<AlertLabels> firing =
        episodes.values().stream().map(episode -> episode.firing.labels()).toList();
    episodes.forEach(
        (alertId, episode) -> {
          if (!episode.state.isAcknowledged()) {
            step(alertId, episode, silences, firing, now, output);
          }
        });
    groups.flush(now, output);
  }

  private void step(
      String alertId,
      Episode episode,
      List<Silence> silences,
      List<AlertLabels> firing,
      long now,
      Output output) {
    EscalationRow before = row(alertId, episode);
    Muting.Reason muting = Muting.reason(episode.firing.labels(), silences, firing, now);
    EscalationStep step = Escalation.step(episode.state, muting != null, now);
    episode.state = advanced(episode, step);
    episode.mutedBy = muting == null ? null : text(muting);
    episode.wakeUpAt = muting == null ? step.wakeUpAt() : muting.until();
    send(alertId, episode, step.messages(), AlertState.NEVER, null, now);
    EscalationRow after = row(alertId, episode);
    if (!after.equals(before)) {
      output.escalation(after);
    }
  }

  private static String text(Muting.Reason muting) {
    Silence silence = muting.silence();
    AlertLabels inhibitor = muting.inhibitor();
    if (silence != null) {
      return "silence " + silence.id() + " of " + silence.createdBy() + ": " + silence.comment();
    }
    return inhibitor == null ? "another alert" : "the critical alert " + inhibitor.key().rule();
  }

  private void send(
      String alertId,
      Episode episode,
      List<EscalationMessage> messages,
      long endedAt,
      @Nullable Cause cause,
      long now) {
    for (EscalationMessage message : messages) {
      episode.messages++;
      AlertMessage content =
          AlertMessages.of(
              alertId,
              episode.firing,
              message,
              episode.messages,
              endedAt,
              cause,
              episode.acknowledgedBy,
              episode.comment);
      message.channels().forEach(channel -> groups.add(channel, content, now));
    }
  }

  private EscalationRow row(String alertId, Episode episode) {
    EscalationState state = episode.state;
    boolean muted = episode.mutedBy != null;
    return new EscalationRow(
        alertId,
        promptId,
        state.since(),
        time(state.toldAt()),
        time(state.escalatedAt()),
        time(state.acknowledgedAt()),
        episode.acknowledgedBy,
        episode.comment,
        episode.mutedBy,
        muted || episode.wakeUpAt == Long.MAX_VALUE ? null : Long.valueOf(episode.wakeUpAt),
        episode.messages,
        time(episode.endedAt));
  }

  private static @Nullable Long time(long time) {
    return time == AlertState.NEVER ? null : Long.valueOf(time);
  }

  /** When {@link #wake} is to be called; {@link Long#MAX_VALUE} for never. */
  public long wakeUpAt() {
    long earliest = groups.wakeUpAt();
    for (Episode episode : episodes.values()) {
      earliest = Math.min(earliest, episode.wakeUpAt);
    }
    for (EarlyAcknowledgement acknowledgement : early.values()) {
      earliest = Math.min(earliest, acknowledgement.at + EARLY_ACKNOWLEDGEMENT);
    }
    return earliest;
  }

  /** Sends what is being collected, because no time comes any more at which it would be. */
  public void finish(Output output) {
    groups.flush(Long.MAX_VALUE, output);
  }

  /** Whether there is nothing to be kept. */
  public boolean isEmpty() {
    return episodes.isEmpty() && early.isEmpty() && groups.isEmpty();
  }

  /** What has to be kept, as bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      VarInt.write(out, episodes.size());
      for (Map.Entry<String, Episode> entry : episodes.entrySet()) {
        Episode episode = entry.getValue();
        out.writeUTF(entry.getKey());
        episode.state.write(out);
        writeJson(
            out,
            new EpisodeJson(
                episode.firing,
                episode.messages,
                episode.acknowledgedBy,
                episode.comment,
                episode.mutedBy,
                episode.wakeUpAt));
      }
      VarInt.write(out, early.size());
      for (Map.Entry<String, EarlyAcknowledgement> entry : early.entrySet()) {
        out.writeUTF(entry.getKey());
        writeJson(out, entry.getValue());
      }
      groups.write(out);
    } catch (IOException e) {
      throw new IllegalStateException("bytes can always be written", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IOException if it is anything else
   */
  public static PromptEscalations fromBytes(String promptId, GroupingConfig grouping, byte[] bytes)
      throws IOException {
    PromptEscalations escalations = new PromptEscalations(promptId, grouping);
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of a prompt's escalations: " + format);
    }
    int size = VarInt.readSize(in, MAX_EPISODES);
    for (int i = 0; i < size; i++) {
      String alertId = in.readUTF();
      EscalationState state = EscalationState.read(in);
      EpisodeJson json = readJson(in, EpisodeJson.class);
      Episode episode = new Episode(json.firing, state);
      episode.messages = json.messages;
      episode.acknowledgedBy = json.acknowledgedBy;
      episode.comment = json.comment;
      episode.mutedBy = json.mutedBy;
      episode.wakeUpAt = json.wakeUpAt;
      escalations.episodes.put(alertId, episode);
    }
    int waiting = VarInt.readSize(in, MAX_EPISODES);
    for (int i = 0; i < waiting; i++) {
      escalations.early.put(in.readUTF(), readJson(in, EarlyAcknowledgement.class));
    }
    escalations.groups.read(in);
    return escalations;
  }

  static void writeJson(DataOutputStream out, Record value) throws IOException {
    byte[] json = RecordJson.write(value);
    VarInt.write(out, json.length);
    out.write(json);
  }

  static <T extends Record> T readJson(DataInputStream in, Class<T> type) throws IOException {
    return RecordJson.read(in.readNBytes(VarInt.readSize(in, MAX_JSON)), type);
  }
}
