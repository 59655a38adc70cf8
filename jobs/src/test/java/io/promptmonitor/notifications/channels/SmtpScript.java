package io.promptmonitor.notifications.channels;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A mail server on loopback that says what it is told to say, and takes no care of mails. */
final class SmtpScript implements AutoCloseable {

  /** No answer, until this is closed. */
  static final String SILENCE = "silence";

  /** The connection is closed without an answer. */
  static final String HANG_UP = "hang up";

  private final ServerSocket server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final List<String> commands = new ArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final SSLContext tls;
  private final boolean implicit;

  /** Without TLS. */
  SmtpScript() throws IOException {
    this(null, false);
  }

  /** With TLS, from the first byte or after STARTTLS. */
  SmtpScript(SSLContext tls, boolean implicit) throws IOException {
    this.tls = tls;
    this.implicit = implicit;
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "smtp-script");
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return server.getLocalPort();
  }

  /**
   * Answers commands that begin so; {@code GREETING} and {@code END} stand for the connection and
   * for the end of the mail.
   */
  SmtpScript answering(String command, String answer) {
    answers.put(command, answer);
    return this;
  }

  List<String> commands() {
    synchronized (commands) {
      return List.copyOf(commands);
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket), "smtp-script-connection");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return; // Closed.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      converse(implicit ? encrypted(socket) : socket, "GREETING");
    } catch (IOException e) {
      // The client is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Socket encrypted(Socket socket) throws IOException {
    SSLSocket encrypted =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, "localhost", port(), true);
    encrypted.setUseClientMode(false);
    return encrypted;
  }

  private void converse(Socket socket, String first) throws IOException, InterruptedException {
    BufferedReader in =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    OutputStream out = socket.getOutputStream();
    String command = first == null ? in.readLine() : first;
    while (command != null) {
      String answer = answer(command, socket instanceof SSLSocket);
      if (answer.equals(HANG_UP)) {
        return;
      }
      if (answer.equals(SILENCE)) {
        closing.await();
        return;
      }
      out.write((answer + "\r\n").getBytes(StandardCharsets.US_ASCII));
      out.flush();
      if (command.equals("STARTTLS")) {
        converse(encrypted(socket), null);
        return;
      }
      boolean data = command.equals("DATA") && answer.startsWith("354");
      command = in.readLine();
      while (data && command != null && !command.equals(".")) {
        command = in.readLine();
      }
      command = data && command != null ? "END" : command;
    }
  }

  private String answer(String command, boolean encrypted) {
    synchronized (commands) {
      commands.add(encrypted ? "TLS " + command : command);
    }
    for (Map.Entry<String, String> entry : answers.entrySet()) {
      if (command.startsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    if (command.startsWith("EHLO")) {
      String startTls = tls != null && !encrypted ? "250-STARTTLS\r\n" : "";
      return "250-script\r\n" + startTls + "250 AUTH PLAIN";
    }
    if (command.startsWith("AUTH")) {
      return "235 2.7.0 welcome";
    }
    return switch (command) {
      case "GREETING" -> "220 script";
      case "STARTTLS" -> "220 2.0.0 go on";
      case "DATA" -> "354 go on";
      case "QUIT" -> "221 bye";
      default -> "250 2.0.0 ok";
    };
  }

  @Override
  public void close() throws IOException {
    closing.countDown();
    server.close();
  }
}
