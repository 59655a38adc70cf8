package io.promptmonitor.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/** A Kafka broker in a process of its own, which a test may kill and start again. */
final class KafkaBrokerProcess implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final Path directory;
  private final int port;
  private JvmProcess process;
  private int starts;

  /** Starts an empty broker and waits until it answers. */
  KafkaBrokerProcess(Path directory) throws Exception {
    this.directory = Files.createDirectories(directory);
    List<Integer> ports = JvmProcess.freePorts(2);
    this.port = ports.get(0);
    Files.writeString(
        settings(),
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%2$d
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        controller.listener.names=CONTROLLER
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        log.dirs=%3$s
        auto.create.topics.enable=false
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        broker.heartbeat.interval.ms=500
        broker.session.timeout.ms=3000
        """
            .formatted(port, ports.get(1), directory.resolve("data").toAbsolutePath()));
    String id = Uuid.randomUuid().toString();
    try (JvmProcess format =
        program(
            "format",
            "kafka.tools.StorageTool",
            List.of("format", "-t", id, "-c", settings().toString()))) {
      format.output(START_LIMIT);
    }
    start();
  }

  private Path settings() {
    return directory.resolve("server.properties").toAbsolutePath();
  }

  private JvmProcess program(String name, String mainClass, List<String> arguments)
      throws IOException {
    return new JvmProcess.Builder(mainClass, System.getProperty("java.class.path"))
        .options(List.of("-Xmx256m", "-XX:+UseSerialGC"))
        .arguments(arguments)
        .start("kafka-" + name, directory);
  }

  /** Where clients connect. */
  String address() {
    return "127.0.0.1:" + port;
  }

  /** Kills the broker as {@code kill -9} does. */
  void kill() {
    process.kill();
  }

  /** Starts the broker, at the same port as before, and waits until it answers. */
  void start() throws Exception {
    process = program("broker-" + ++starts, "kafka.Kafka", List.of(settings().toString()));
    try (Admin admin = admin()) {
      Await.until(
          "the Kafka broker answers",
          START_LIMIT,
          () -> {
            process.checkAlive();
            return !admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).isEmpty();
          });
    }
  }

  /** Creates a topic. */
  void createTopic(String topic, int partitions) throws Exception {
    try (Admin admin = admin()) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
  }

  private Admin admin() {
    return Admin.create(
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
            address(),
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
            "500"));
  }

  @Override
  public void close() {
    process.close();
  }
}
