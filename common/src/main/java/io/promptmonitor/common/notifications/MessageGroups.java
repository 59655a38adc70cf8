package io.promptmonitor.common.notifications;

import static java.util.Comparator.comparing;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.encoding.StableHash;
import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects the messages about one prompt into one notification per channel, so that an incident
 * that raises many alerts, or one that comes and goes, does not flood people.
 *
 * <p>A message waits for others for {@link GroupingConfig#groupWait}. An episode of a rule and
 * version of which the channel was told less than {@link GroupingConfig#groupInterval} ago in
 * another episode waits until that is over; if it ends meanwhile, neither is told, and the next
 * message about the rule says how many were not. Whatever waits for the same channel goes along
 * with the first that is due.
 */
final class MessageGroups {

  private static final int MAX_ENTRIES = 1_000_000;

  private final String promptId;
  private final long wait;
  private final long interval;
  private final Map<String, List<Waiting>> waiting = new TreeMap<>();
  private final Map<String, Told> told = new TreeMap<>();

  /** A message that waits; {@code held} because the channel was told of its rule not long ago. */
  private record Waiting(AlertMessage message, long dueAt, boolean held) {}

  /** What a channel was last told of a rule and version, and how much it was not told since. */
  private record Told(String alertId, long at, int unreported) {}

  MessageGroups(String promptId, GroupingConfig grouping) {
    this.promptId = promptId;
    this.wait = grouping.groupWait().toMillis();
    this.interval = grouping.groupInterval().toMillis();
  }

  /** Adds a message, or takes back the one that it makes pointless. */
  void add(String channel, AlertMessage message, long now) {
    List<Waiting> ofChannel = waiting.computeIfAbsent(channel, key -> new ArrayList<>(1));
    String key = key(channel, message);
    Told last = told.get(key);
    if (message.reason() == Reason.RESOLVED && takeBack(ofChannel, message)) {
      if (last != null) {
        told.put(key, new Told(last.alertId, last.at, last.unreported + 1));
      }
    } else {
      if (message.reason() == Reason.RESOLVED) {
        ofChannel.removeIf(
            w -> w.message.reason() == Reason.REPEATED && isSameEpisode(w.message, message));
      }
      boolean held =
          message.reason() == Reason.FIRING
              && last != null
              && !last.alertId.equals(message.alertId())
              && now - last.at < interval;
      long dueAt = held && last != null ? last.at + interval : now + wait;
      ofChannel.add(new Waiting(message, dueAt, held));
    }
    if (ofChannel.isEmpty()) {
      waiting.remove(channel);
    }
  }

  /** Whether the channel was not yet told that the episode fires, and now need not be. */
  private static boolean takeBack(List<Waiting> ofChannel, AlertMessage resolved) {
    boolean held = ofChannel.stream().anyMatch(w -> w.held && isSameEpisode(w.message, resolved));
    if (held) {
      ofChannel.removeIf(w -> isSameEpisode(w.message, resolved));
    }
    return held;
  }

  private static boolean isSameEpisode(AlertMessage message, AlertMessage other) {
    return message.alertId().equals(other.alertId());
  }

  /** Puts out what is due. */
  void flush(long now, PromptEscalations.Output output) {
    waiting
        .entrySet()
        .removeIf(
            entry -> {
              List<Waiting> ofChannel = entry.getValue();
              if (ofChannel.stream().noneMatch(w -> w.dueAt <= now)) {
                return false;
              }
              long time = now == Long.MAX_VALUE ? latest(ofChannel) : now;
              output.notification(notification(entry.getKey(), ofChannel, time));
              return true;
            });
    told.values().removeIf(last -> last.at + interval <= now);
  }

  private static long latest(List<Waiting> ofChannel) {
    return ofChannel.stream().mapToLong(Waiting::dueAt).max().orElseThrow();
  }

  private Notification notification(String channel, List<Waiting> ofChannel, long now) {
    List<AlertMessage> messages = new ArrayList<>(ofChannel.size());
    for (Waiting w : ofChannel) {
      String key = key(channel, w.message);
      Told last = told.get(key);
      messages.add(w.message.withUnreported(last == null ? 0 : last.unreported));
      if (w.message.reason() == Reason.FIRING || w.message.reason() == Reason.RESOLVED) {
        told.put(key, new Told(w.message.alertId(), now, 0));
      }
    }
    messages.sort(WORST_FIRST);
    Instant due =
        messages.stream().map(AlertMessage::dueAt).min(Comparator.naturalOrder()).orElseThrow();
    return new Notification(
        id(channel, messages), channel, promptId, Instant.ofEpochMilli(now), due, messages, null);
  }

  /** Severities come in the order of their names: critical, warning. */
  private static final Comparator<AlertMessage> WORST_FIRST =
      comparing(AlertMessage::severity)
          .thenComparing(AlertMessage::firedAt)
          .thenComparing(AlertMessage::rule)
          .thenComparing(AlertMessage::alertId)
          .thenComparing(AlertMessage::number);

  /** The same for the same messages, whenever they are made: a replay does not send them again. */
  private String id(String channel, List<AlertMessage> messages) {
    List<String> parts = new ArrayList<>();
    parts.add(channel);
    parts.add(promptId);
    for (AlertMessage message : messages) {
      parts.add(message.alertId());
      parts.add(message.reason().name());
      parts.add(Integer.toString(message.number()));
    }
    return "pn-" + StableHash.hex128(StableHash.join(parts.toArray(new String[0])));
  }

  private static String key(String channel, AlertMessage message) {
    return StableHash.join(channel, message.promptVersion(), message.rule());
  }

  /** When something is due, or can be forgotten; {@link Long#MAX_VALUE} for never. */
  long wakeUpAt() {
    long earliest = Long.MAX_VALUE;
    for (List<Waiting> ofChannel : waiting.values()) {
      for (Waiting w : ofChannel) {
        earliest = Math.min(earliest, w.dueAt);
      }
    }
    for (Told last : told.values()) {
      earliest = Math.min(earliest, last.at + interval);
    }
    return earliest;
  }

  boolean isEmpty() {
    return waiting.isEmpty() && told.isEmpty();
  }

  void write(DataOutputStream out) throws IOException {
    VarInt.write(out, waiting.size());
    for (Map.Entry<String, List<Waiting>> entry : waiting.entrySet()) {
      out.writeUTF(entry.getKey());
      VarInt.write(out, entry.getValue().size());
      for (Waiting w : entry.getValue()) {
        out.writeLong(w.dueAt);
        out.writeBoolean(w.held);
        byte[] json = NotificationJson.writeMessage(w.message);
        VarInt.write(out, json.length);
        out.write(json);
      }
    }
    VarInt.write(out, told.size());
    for (Map.Entry<String, Told> entry : told.entrySet()) {
      out.writeUTF(entry.getKey());
      PromptEscalations.writeJson(out, entry.getValue());
    }
  }

  void read(DataInputStream in) throws IOException {
    int channels = VarInt.readSize(in, MAX_ENTRIES);
    for (int i = 0; i < channels; i++) {
      String channel = in.readUTF();
      int size = VarInt.readSize(in, MAX_ENTRIES);
      List<Waiting> ofChannel = new ArrayList<>(size);
      for (int j = 0; j < size; j++) {
        long dueAt = in.readLong();
        boolean held = in.readBoolean();
        byte[] json = in.readNBytes(VarInt.readSize(in, MAX_ENTRIES));
        ofChannel.add(new Waiting(NotificationJson.readMessage(json), dueAt, held));
      }
      waiting.put(channel, ofChannel);
    }
    int rules = VarInt.readSize(in, MAX_ENTRIES);
    for (int i = 0; i < rules; i++) {
      told.put(in.readUTF(), PromptEscalations.readJson(in, Told.class));
    }
  }
}
