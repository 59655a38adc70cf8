package io.promptmonitor.notifications;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** An HTTP server on loopback that answers as it is told, and remembers what it was sent. */
public final class Receiver implements AutoCloseable {

  /** What a request was: {@code path}, headers by their names in lower case, and the body. */
  public record Request(String path, Map<String, String> headers, String body) {}

  /** How a request is answered. */
  public interface Answer {
    /** Does it; the exchange is closed afterwards. */
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Deque<Answer> answers = new ArrayDeque<>();
  private final List<Request> requests = new ArrayList<>();
  private Answer otherwise = status(200, "ok");

  public Receiver() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** {@code http://127.0.0.1:PORT} and the path. */
  public String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  /** Answers the next requests so, one after the other. */
  public void next(Answer... next) {
    synchronized (requests) {
      answers.addAll(List.of(next));
    }
  }

  /** Answers all others so; 200 unless something else was said. */
  public void otherwise(Answer answer) {
    synchronized (requests) {
      otherwise = answer;
    }
  }

  /** A status and a body, and headers in the form {@code Name: value}. */
  public static Answer status(int status, String body, String... headers) {
    return exchange -> {
      for (String header : headers) {
        int colon = header.indexOf(':');
        exchange
            .getResponseHeaders()
            .add(header.substring(0, colon), header.substring(colon + 1).strip());
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** No answer, until this is closed. */
  public Answer hang() {
    return exchange -> closing.await();
  }

  /** A status, and then no body. */
  public Answer hangAfter(int status) {
    return exchange -> {
      exchange.sendResponseHeaders(status, 100);
      exchange.getResponseBody().flush();
      closing.await();
    };
  }

  /** The connection is closed without an answer. */
  public static Answer hangUp() {
    return HttpExchange::close;
  }

  /** What it was sent so far. */
  public List<Request> requests() {
    synchronized (requests) {
      return List.copyOf(requests);
    }
  }

  /** The bodies of what it was sent so far. */
  public List<String> bodies() {
    return requests().stream().map(Request::body).toList();
  }

  /** Waits until it was sent so many requests, at most 20 seconds. */
  public void awaitRequests(int count) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    synchronized (requests) {
      while (requests.size() < count) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError(count + " requests were expected: " + requests);
        }
        requests.wait(left);
      }
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.get(0)));
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Answer answer;
    synchronized (requests) {
      requests.add(new Request(exchange.getRequestURI().toString(), headers, body));
      requests.notifyAll();
      answer = answers.isEmpty() ? otherwise : answers.remove();
    }
    try (exchange) {
      answer.to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
