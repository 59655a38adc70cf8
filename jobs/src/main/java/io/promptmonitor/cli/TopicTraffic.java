package io.promptmonitor.cli;

import io.promptmonitor.common.simulation.SimulatedRecord;
import io.promptmonitor.common.simulation.Simulation;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends simulated records to a Kafka topic, each when it arrives: a simulation that begins now
 * takes as long as what it simulates. What should have arrived before now is sent at once.
 *
 * <p>The key is the prompt version, so that a record which is sent twice comes into the partition
 * of the first one, as with real producers. The topic has to be there, or be made by its first
 * record. Not thread-safe.
 */
final class TopicTraffic implements AutoCloseable {

  /** Waits. */
  @FunctionalInterface
  interface Wait {
    /** Returns when it is that time, milliseconds since the epoch (UTC), or later. */
    void until(long time) throws InterruptedException;
  }

  private static final long LONGEST_SLEEP_MS = 1_000;

  private final String topic;
  private final Wait wait;
  private final KafkaProducer<byte[], byte[]> producer;
  private volatile @Nullable Exception failure;

  /**
   * Traffic that has not begun.
   *
   * @param brokers {@code host:port}, separated by commas
   * @param properties further properties of the producer
   * @throws KafkaException if the properties are wrong
   */
  TopicTraffic(String brokers, String topic, Map<String, String> properties, Wait wait) {
    this.topic = topic;
    this.wait = wait;
    Map<String, Object> settings = new HashMap<>(properties);
    settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "promptmon-simulate");
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** Waits by the machine's clock. */
  static void byTheClock(long time) throws InterruptedException {
    long remaining = time - System.currentTimeMillis();
    while (remaining > 0) {
      // Not all at once: the clock may be set meanwhile.
      Thread.sleep(Math.min(remaining, LONGEST_SLEEP_MS));
      remaining = time - System.currentTimeMillis();
    }
  }

  /**
   * Sends all of a simulation.
   *
   * @param sent is told how many records were sent, after each
   * @return how many there were
   * @throws InterruptedException if the thread was interrupted; what was sent before is in the
   *     topic when this is {@linkplain #close closed}
   * @throws KafkaException if a record cannot be sent
   */
  long send(Simulation simulation, LongConsumer sent) throws InterruptedException {
    long records = 0;
    for (SimulatedRecord r = simulation.next(); r != null; r = simulation.next()) {
      wait.until(r.arrival());
      send(r);
      sent.accept(++records);
    }
    try {
      producer.flush();
    } catch (InterruptException e) {
      throw interrupted(e);
    }
    requireNoFailure();
    return records;
  }

  private void send(SimulatedRecord r) throws InterruptedException {
    requireNoFailure();
    byte[] key = r.promptVersion().toString().getBytes(StandardCharsets.UTF_8);
    try {
      @SuppressWarnings("unused") // the callback gets what it does
      var unused =
          producer.send(
              new ProducerRecord<>(topic, null, r.arrival(), key, r.json()),
              (metadata, e) -> {
                if (e != null && failure == null) {
                  failure = e;
                }
              });
    } catch (InterruptException e) {
      throw interrupted(e);
    }
  }

  /** Kafka's exception has set the thread's mark again, which is for whoever does not throw. */
  private static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted();
    InterruptedException interrupted = new InterruptedException();
    interrupted.initCause(e);
    return interrupted;
  }

  private void requireNoFailure() {
    Exception e = failure;
    if (e != null) {
      throw new KafkaException("cannot send to the topic " + topic + ": " + e.getMessage(), e);
    }
  }

  /** Sends what is still to be sent, and ends. */
  @Override
  public void close() {
    producer.close();
  }
}
