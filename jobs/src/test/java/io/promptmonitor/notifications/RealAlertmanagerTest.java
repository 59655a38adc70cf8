package io.promptmonitor.notifications;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import io.promptmonitor.notifications.channels.Channel;
import io.promptmonitor.notifications.channels.Http;
import io.promptmonitor.notifications.channels.OpenChannels;
import io.promptmonitor.notifications.channels.Outcome;
import io.promptmonitor.notifications.channels.RefreshedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real Alertmanager makes of what it is sent; skipped where none is installed. */
class RealAlertmanagerTest {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir static Path directory;

  private static Process process;
  private static String url;
  private static Channel channel;

  @BeforeAll
  static void start() throws Exception {
    Path program = program();
    assumeTrue(
        program != null,
        "no prometheus-alertmanager is installed: what it is sent is only compared with its"
            + " documentation");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path config =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n");
    url = "http://127.0.0.1:" + port;
    process =
        new ProcessBuilder(
                program.toString(),
                "--config.file=" + config,
                "--storage.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port,
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    channel =
        OpenChannels.of(
                ChannelsConfig.defaults(),
                Map.of("PROMPTMON_CHANNEL_ALERTMANAGER_URL", url)::get,
                Http.create(),
                System.out,
                false)
            .channels()
            .get("alertmanager");
    awaitReady();
  }

  private static Path program() {
    for (String path : System.getenv("PATH").split(":")) {
      for (String name : List.of("prometheus-alertmanager", "alertmanager")) {
        Path program = Path.of(path, name);
        if (Files.isExecutable(program)) {
          return program;
        }
      }
    }
    return null;
  }

  private static void awaitReady() throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try {
        get("/-/ready");
        return;
      } catch (IOException e) {
        if (System.nanoTime() > end || !process.isAlive()) {
          throw new AssertionError(Files.readString(directory.resolve("log")), e);
        }
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }

  @AfterAll
  static void stop() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  private static String get(String path) throws IOException, InterruptedException {
    return CLIENT
        .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString())
        .body();
  }

  /** Name, prompt and summary of the alerts that it holds for firing. */
  private static List<String> firing() throws Exception {
    List<String> firing = new ArrayList<>();
    for (JsonNode alert : new ObjectMapper().readTree(get("/api/v2/alerts?active=true"))) {
      firing.add(
          alert.get("labels").get("alertname").asText()
              + " | "
              + alert.get("labels").path("prompt_id").asText()
              + " | "
              + Duration.between(
                      Instant.parse(alert.get("startsAt").asText()),
                      Instant.parse(alert.get("endsAt").asText()))
                  .toSeconds());
    }
    return firing;
  }

  private static void send(Notification notification, Instant now) throws Exception {
    Outcome outcome = channel.send(notification, NotificationText.of(notification, now), now);
    assertThat(outcome).isEqualTo(Outcome.sent("HTTP 200"));
  }

  private static AlertMessage at(AlertMessage alert, Instant firedAt, Instant endedAt) {
    return new AlertMessage(
        alert.alertId(),
        alert.reason(),
        1,
        alert.promptId(),
        alert.promptVersion(),
        alert.rule(),
        alert.kind(),
        alert.severity(),
        alert.condition(),
        alert.actions(),
        alert.metric(),
        alert.value(),
        alert.operator(),
        alert.threshold(),
        null,
        alert.sampleCount(),
        alert.sample(),
        alert.windowSeconds(),
        null,
        firedAt,
        firedAt,
        endedAt,
        alert.cause(),
        firedAt,
        null,
        null,
        0);
  }

  @Test
  void alertsFireAreRefreshedAndAreResolved() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    Instant fired = now.minusSeconds(60);
    AlertMessage alert = at(OutboxRows.alert("checkout", 1, Reason.FIRING), fired, null);
    send(OutboxRows.of("n-1", "alertmanager", alert), now);
    assertThat(firing()).containsExactly("Critical Error Rate | checkout | 300");
    Outcome refreshed = ((RefreshedChannel) channel).refresh(List.of(alert), now.plusSeconds(60));
    assertThat(refreshed.kind()).isEqualTo(Outcome.Kind.SENT);
    assertThat(firing()).containsExactly("Critical Error Rate | checkout | 360");
    AlertMessage resolved = at(OutboxRows.alert("checkout", 1, Reason.RESOLVED), fired, now);
    send(OutboxRows.of("n-2", "alertmanager", resolved), now);
    assertThat(firing()).isEmpty();
  }

  @Test
  void noticesToo() throws Exception {
    Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    send(notice(now, false), now);
    assertThat(firing()).containsExactly("Prompt Monitor |  | 86400");
    send(notice(now, true), now);
    assertThat(firing()).isEmpty();
  }

  private static Notification notice(Instant now, boolean over) {
    Notice notice = new Notice("k", "critical", "slack fails", List.of("HTTP 503"), over);
    return new Notification("n", "alertmanager", "", now, now, List.of(), notice);
  }
}
