package io.promptmonitor.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Java program in a process of its own, which is gone at the latest when this JVM is. */
final class JvmProcess implements AutoCloseable {

  private final String name;
  private final Path log;
  private final Process process;
  private final Thread hook;

  private JvmProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.hook = new Thread(process::destroyForcibly, "kill-" + name);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** What a program is started with. */
  static final class Builder {
    private final String mainClass;
    private final String classPath;
    private final List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1"));
    private final List<String> arguments = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    Builder(String mainClass, String classPath) {
      this.mainClass = mainClass;
      this.classPath = classPath;
    }

    Builder options(List<String> more) {
      options.addAll(more);
      return this;
    }

    Builder arguments(List<String> more) {
      arguments.addAll(more);
      return this;
    }

    Builder environment(Map<String, String> more) {
      environment.putAll(more);
      return this;
    }

    /** Starts it; what it prints goes into a file {@code name.log} of the directory. */
    JvmProcess start(String name, Path directory) throws IOException {
      Path log = Files.createDirectories(directory).resolve(name + ".log").toAbsolutePath();
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.add("-cp");
      command.add(classPath);
      command.add(mainClass);
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
      builder.environment().putAll(environment);
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      return new JvmProcess(name, log, builder.start());
    }
  }

  /**
   * Waits for its end and returns what it printed.
   *
   * @throws AssertionError if it fails, or takes longer
   */
  String output(Duration limit) throws InterruptedException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new AssertionError(name + " takes more than " + limit.toSeconds() + " s, see " + log);
    }
    close();
    if (process.exitValue() != 0) {
      throw new AssertionError(name + " exited with " + process.exitValue() + ":\n" + printed());
    }
    return printed();
  }

  /** What it has printed so far. */
  String printed() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Fails if the program has ended. */
  void checkAlive() {
    if (!process.isAlive()) {
      throw new AssertionError(name + " exited with " + process.exitValue() + ", see " + log);
    }
  }

  /** As {@code kill -9}; returns when it is gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // This JVM is going down already.
    }
  }

  @Override
  public void close() {
    kill();
  }

  /** Ports that nobody uses now. */
  static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
