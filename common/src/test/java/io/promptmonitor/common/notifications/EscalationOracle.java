package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.notifications.EscalationRun.Alert;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Says what is sent by looking at every second at everything that ever happened: no timers, no
 * state but a diary. Times are seconds.
 */
final class EscalationOracle {

  /** A message about an episode. */
  private record Said(Episode episode, Reason reason, int number, long at) {}

  /** An episode, with everything that was said of it. */
  private static final class Episode {
    final Alert alert;
    final String id;
    final long since;
    final EscalationPolicy policy;
    final List<Said> said = new ArrayList<>();
    boolean acknowledged;

    Episode(Alert alert, long since, EscalationPolicy policy) {
      this.alert = alert;
      this.id = alert.id(since);
      this.since = since;
      this.policy = policy;
    }

    boolean hasSaid(Reason reason) {
      return said.stream().anyMatch(s -> s.reason == reason);
    }

    /** When it was last said that it fires; -1 if never. */
    long lastSaid() {
      return said.stream()
          .filter(s -> s.reason != Reason.ACKNOWLEDGED)
          .mapToLong(Said::at)
          .max()
          .orElse(-1);
    }

    List<String> channels() {
      List<String> channels = new ArrayList<>(policy.channels());
      if (hasSaid(Reason.ESCALATED) && !channels.contains(policy.escalateTo())) {
        channels.add(policy.escalateTo());
      }
      return channels;
    }
  }

  /** A message that waits for its notification. */
  private record Pending(Said said, long dueAt, boolean held) {}

  /** A message that went out, or was taken back. */
  private record Past(Said said, long at, boolean takenBack) {}

  private final Map<Severity, EscalationPolicy> policies;
  private final long wait;
  private final long interval;
  private final Map<String, Episode> open = new TreeMap<>();
  private final List<String> early = new ArrayList<>();
  private final Map<String, List<Pending>> pending = new TreeMap<>();
  private final Map<String, List<Past>> past = new LinkedHashMap<>();
  private final List<String> sent = new ArrayList<>();

  EscalationOracle(Map<Severity, EscalationPolicy> policies, GroupingConfig grouping) {
    this.policies = policies;
    this.wait = grouping.groupWait().toSeconds();
    this.interval = grouping.groupInterval().toSeconds();
  }

  List<String> sent() {
    return sent;
  }

  void fires(Alert alert, long now) {
    Episode episode = new Episode(alert, now, policies.get(alert.severity()));
    episode.acknowledged = early.contains(episode.id);
    open.put(episode.id, episode);
  }

  void resolves(Alert alert, long now) {
    Episode episode =
        open.values().stream().filter(e -> e.alert.equals(alert)).findFirst().orElseThrow();
    open.remove(episode.id);
    if (!episode.said.isEmpty()) {
      say(episode, Reason.RESOLVED, now);
    }
  }

  void acknowledged(String alertId, long now) {
    Episode episode = open.get(alertId);
    if (episode == null) {
      early.add(alertId);
    } else if (!episode.acknowledged) {
      episode.acknowledged = true;
      if (!episode.said.isEmpty()) {
        say(episode, Reason.ACKNOWLEDGED, now);
      }
    }
  }

  /** What is due at a time, by all that is known. */
  void look(List<Silence> silences, long now) {
    for (Episode episode : open.values()) {
      if (!episode.acknowledged && !isMuted(episode, silences, now)) {
        Duration escalateAfter = episode.policy.escalateAfter();
        Duration repeatAfter = episode.policy.repeatAfter();
        if (escalateAfter != null
            && !episode.hasSaid(Reason.ESCALATED)
            && now - episode.since >= escalateAfter.toSeconds()) {
          say(episode, Reason.ESCALATED, now);
        } else if (episode.said.isEmpty()) {
          say(episode, Reason.FIRING, now);
        } else if (repeatAfter != null && now - episode.lastSaid() >= repeatAfter.toSeconds()) {
          say(episode, Reason.REPEATED, now);
        }
      }
    }
    for (Map.Entry<String, List<Pending>> entry : pending.entrySet()) {
      if (entry.getValue().stream().anyMatch(p -> p.dueAt <= now)) {
        send(entry.getKey(), entry.getValue(), now);
        entry.getValue().clear();
      }
    }
  }

  private boolean isMuted(Episode episode, List<Silence> silences, long now) {
    boolean silenced =
        silences.stream()
            .anyMatch(
                s ->
                    s.startsAt() <= now * 1000
                        && now * 1000 < s.endsAt()
                        && s.matchers().stream()
                            .allMatch(m -> m.toString().equals("rule=" + episode.alert.rule())));
    return silenced
        || open.values().stream()
            .anyMatch(
                other ->
                    other.alert.severity() == Severity.CRITICAL
                        && episode.alert.severity() == Severity.WARNING
                        && other.alert.version().equals(episode.alert.version())
                        && other.alert.metric() == episode.alert.metric());
  }

  private void say(Episode episode, Reason reason, long now) {
    Said said = new Said(episode, reason, episode.said.size() + 1, now);
    episode.said.add(said);
    for (String channel : episode.channels()) {
      List<Pending> ofChannel = pending.computeIfAbsent(channel, c -> new ArrayList<>());
      boolean notYetTold =
          reason == Reason.RESOLVED
              && ofChannel.stream().anyMatch(p -> p.held && p.said.episode == episode);
      if (notYetTold) {
        ofChannel.removeIf(p -> p.said.episode == episode);
        past(channel).add(new Past(said, now, true));
      } else {
        if (reason == Reason.RESOLVED) {
          ofChannel.removeIf(p -> p.said.episode == episode && p.said.reason == Reason.REPEATED);
        }
        Past last = lastOfRule(channel, episode.alert);
        boolean held =
            reason == Reason.FIRING
                && last != null
                && last.said.episode != episode
                && now - last.at < interval;
        ofChannel.add(new Pending(said, held ? last.at + interval : now + wait, held));
      }
    }
  }

  private List<Past> past(String channel) {
    return past.computeIfAbsent(channel, c -> new ArrayList<>());
  }

  private Past lastOfRule(String channel, Alert alert) {
    return past(channel).stream()
        .filter(p -> !p.takenBack && isOf(p, alert))
        .filter(p -> p.said.reason == Reason.FIRING || p.said.reason == Reason.RESOLVED)
        .reduce((earlier, later) -> later)
        .orElse(null);
  }

  private static boolean isOf(Past past, Alert alert) {
    return past.said.episode.alert.equals(alert);
  }

  private void send(String channel, List<Pending> messages, long now) {
    List<String> texts = new ArrayList<>();
    for (Pending p : messages) {
      Alert alert = p.said.episode.alert;
      Past last = lastOfRule(channel, alert);
      long unreported = 0;
      if (last != null && now - last.at <= interval) {
        List<Past> all = past(channel);
        unreported =
            all.subList(all.indexOf(last), all.size()).stream()
                .filter(other -> other.takenBack && isOf(other, alert))
                .count();
      }
      past(channel).add(new Past(p.said, now, false));
      texts.add(
          text(p.said.reason.name(), alert.rule(), alert.version(), p.said.number, unreported));
    }
    sent.add(
        now + " " + channel + ": " + texts.stream().sorted().collect(Collectors.joining(", ")));
  }

  private static String text(
      String reason, String rule, String version, int number, long unreported) {
    return String.join(
        " ", reason, rule, version, Integer.toString(number), Long.toString(unreported));
  }

  /** A notification in the same words. */
  static String shown(Notification notification) {
    return notification.createdAt().getEpochSecond()
        + " "
        + notification.channel()
        + ": "
        + notification.alerts().stream()
            .map(
                a ->
                    text(
                        a.reason().name(), a.rule(), a.promptVersion(), a.number(), a.unreported()))
            .sorted()
            .collect(Collectors.joining(", "));
  }
}
