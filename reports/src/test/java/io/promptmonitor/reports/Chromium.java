package io.promptmonitor.reports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A headless Chromium, told what to do by the DevTools protocol: unlike the command line it can be
 * given any width, a colour scheme, and asked what is on the console.
 */
final class Chromium implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<JsonNode> received = new LinkedBlockingQueue<>();
  private final List<String> complaints = new ArrayList<>();
  private int sent;

  /** The executable; empty if there is none. */
  static Optional<Path> executable() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> Stream.of(System.getenv("PATH").split(":")).map(dir -> Path.of(dir, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts it.
   *
   * @param profile a directory of its own
   */
  Chromium(Path executable, Path profile) throws IOException, InterruptedException {
    ProcessBuilder command =
        new ProcessBuilder(
                executable.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run",
                "--disable-extensions",
                "--disable-breakpad",
                "--disable-background-networking",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(profile.resolve("stderr").toFile());
    // Whatever it leaves behind goes with the profile.
    command.environment().put("TMPDIR", profile.toString());
    process = command.start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(pageSocket(profile)), new Listener())
            .join();
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      ask(domain + ".enable", JSON.createObjectNode());
    }
  }

  private String pageSocket(Path profile) throws IOException, InterruptedException {
    Path port = profile.resolve("DevToolsActivePort");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(port) || Files.readAllLines(port).size() < 2) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IOException(
            "Chromium did not start: " + Files.readString(profile.resolve("stderr")));
      }
      Thread.sleep(20);
    }
    URI targets = URI.create("http://127.0.0.1:" + Files.readAllLines(port).get(0) + "/json/list");
    String list =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(targets).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    for (JsonNode target : JSON.readTree(list)) {
      if (target.get("type").asText().equals("page")) {
        return target.get("webSocketDebuggerUrl").asText();
      }
    }
    throw new IOException("Chromium has no page");
  }

  /** Opens a page in a window of the given size. */
  void open(Path page, int width, int height, String colourScheme)
      throws IOException, InterruptedException {
    complaints.clear();
    ask(
        "Emulation.setDeviceMetricsOverride",
        JSON.createObjectNode()
            .put("width", width)
            .put("height", height)
            .put("deviceScaleFactor", 1)
            .put("mobile", false));
    ObjectNode media = JSON.createObjectNode();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", colourScheme);
    ask("Emulation.setEmulatedMedia", media);
    ask("Page.navigate", JSON.createObjectNode().put("url", page.toUri().toString()));
    await(message -> message.path("method").asText().equals("Page.loadEventFired"));
  }

  /** What a JavaScript expression is. */
  JsonNode evaluate(String expression) throws IOException, InterruptedException {
    JsonNode result =
        ask(
            "Runtime.evaluate",
            JSON.createObjectNode().put("expression", expression).put("returnByValue", true));
    if (result.has("exceptionDetails")) {
      throw new IOException(result.get("exceptionDetails").toString());
    }
    return result.path("result").path("value");
  }

  /** All of the page as a picture (PNG). */
  byte[] picture() throws IOException, InterruptedException {
    JsonNode result =
        ask(
            "Page.captureScreenshot",
            JSON.createObjectNode().put("format", "png").put("captureBeyondViewport", true));
    return Base64.getDecoder().decode(result.get("data").asText());
  }

  /** What the page had said on the console, errors it met, and addresses it asked for. */
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  private JsonNode ask(String method, ObjectNode parameters)
      throws IOException, InterruptedException {
    int id = ++sent;
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", parameters);
    socket.sendText(message.toString(), true).join();
    JsonNode answer = await(received -> received.path("id").asInt() == id);
    if (answer.has("error")) {
      throw new IOException(method + ": " + answer.get("error"));
    }
    return answer.get("result");
  }

  private JsonNode await(Predicate<JsonNode> awaited) throws IOException, InterruptedException {
    while (true) {
      JsonNode message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (message == null) {
        throw new IOException("Chromium does not answer");
      }
      note(message);
      if (awaited.test(message)) {
        return message;
      }
    }
  }

  private void note(JsonNode message) {
    String method = message.path("method").asText();
    JsonNode params = message.path("params");
    switch (method) {
      case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" ->
          complaints.add(params.toString());
      case "Network.requestWillBeSent" -> {
        String url = params.path("request").path("url").asText();
        if (!url.startsWith("file:") && !url.startsWith("data:") && !url.startsWith("about:")) {
          complaints.add("asked for " + url);
        }
      }
      default -> {}
    }
  }

  @Override
  public void close() {
    socket.abort();
    List<ProcessHandle> processes =
        Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    processes.forEach(ProcessHandle::destroyForcibly);
    // Until the last has ended, they may write to the profile.
    processes.forEach(
        handle -> handle.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          received.add(JSON.readTree(text.toString()));
        } catch (IOException e) {
          throw new IllegalStateException("Chromium sends no JSON", e);
        }
        text.setLength(0);
      }
      webSocket.request(1);
      return null;
    }
  }
}
