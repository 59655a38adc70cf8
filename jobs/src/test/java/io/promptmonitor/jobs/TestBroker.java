package io.promptmonitor.jobs;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.test.KafkaClusterTestKit;
import org.apache.kafka.common.test.TestKitNodes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/**
 * One Kafka broker that all tests of the JVM share; it is started by the first that needs it. Each
 * class names topics of its own.
 */
public final class TestBroker implements BeforeAllCallback {

  private @Nullable KafkaClusterTestKit kafka;

  @Override
  public void beforeAll(ExtensionContext context) {
    kafka =
        context
            .getRoot()
            .getStore(Namespace.create(TestBroker.class))
            .computeIfAbsent(Running.class, key -> Running.start(), Running.class)
            .kafka;
  }

  private KafkaClusterTestKit kafka() {
    if (kafka == null) {
      throw new IllegalStateException("the extension's field must be static, in the test class");
    }
    return kafka;
  }

  /** Where clients find it: {@code host:port}. */
  public String bootstrapServers() {
    return kafka().bootstrapServers();
  }

  /** Creates a topic and waits until it is there. */
  public void createTopic(String name, int partitions) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1))).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("cannot create the topic " + name, e);
    }
  }

  /** A producer of keys and records as bytes. */
  public KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private record Running(KafkaClusterTestKit kafka) implements AutoCloseable {

    static Running start() {
      try {
        KafkaClusterTestKit kafka =
            new KafkaClusterTestKit.Builder(
                    new TestKitNodes.Builder()
                        .setCombined(true)
                        .setNumBrokerNodes(1)
                        .setNumControllerNodes(1)
                        .build())
                .setConfigProp("offsets.topic.replication.factor", "1")
                .setConfigProp("offsets.topic.num.partitions", "1")
                .setConfigProp("group.initial.rebalance.delay.ms", "0")
                .build();
        kafka.format();
        kafka.startup();
        kafka.waitForReadyBrokers();
        return new Running(kafka);
      } catch (Exception e) {
        throw new IllegalStateException("the broker does not start", e);
      }
    }

    @Override
    public void close() throws Exception {
      kafka.close();
    }
  }
}
