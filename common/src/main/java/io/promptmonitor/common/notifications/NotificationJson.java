package io.promptmonitor.common.notifications;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;

/**
 * Notifications as JSON: what the outbox keeps and webhooks get. Names are in snake case, times in
 * ISO 8601 (UTC); what is not known is left out.
 */
public final class NotificationJson {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          // What a newer release has written.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(new InstantWriter())
                  .addDeserializer(Instant.class, new InstantReader())
                  .addSerializer(new EnumWriter<>(Reason.class))
                  .addDeserializer(Reason.class, new EnumReader<>(Reason.class))
                  .addSerializer(new EnumWriter<>(Cause.class))
                  .addDeserializer(Cause.class, new EnumReader<>(Cause.class)))
          .build();

  private NotificationJson() {}

  /** The JSON of a notification, on one line. */
  public static String write(Notification notification) {
    try {
      return MAPPER.writeValueAsString(notification);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a notification is always JSON", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it is anything else
   */
  public static Notification read(String json) throws IOException {
    return MAPPER.readValue(json, Notification.class);
  }

  /** A message that waits to be part of a notification, in UTF-8. */
  static byte[] writeMessage(AlertMessage message) {
    try {
      return MAPPER.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message is always JSON", e);
    }
  }

  /** Reads what {@link #writeMessage} wrote. */
  static AlertMessage readMessage(byte[] json) throws IOException {
    return MAPPER.readValue(json, AlertMessage.class);
  }

  private static final class InstantWriter extends StdScalarSerializer<Instant> {
    private static final long serialVersionUID = 1L;

    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.toString());
    }
  }

  private static final class InstantReader extends StdScalarDeserializer<Instant> {
    private static final long serialVersionUID = 1L;

    InstantReader() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Instant.parse(in.getText());
    }
  }

  private static final class EnumWriter<E extends Enum<E>> extends StdScalarSerializer<E> {
    private static final long serialVersionUID = 1L;

    EnumWriter(Class<E> type) {
      super(type);
    }

    @Override
    public void serialize(E value, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(value.name().toLowerCase(Locale.ROOT));
    }
  }

  private static final class EnumReader<E extends Enum<E>> extends StdScalarDeserializer<E> {
    private static final long serialVersionUID = 1L;

    private final Class<E> type;

    EnumReader(Class<E> type) {
      super(type);
      this.type = type;
    }

    @Override
    public E deserialize(JsonParser in, DeserializationContext context) throws IOException {
      return Enum.valueOf(type, in.getText().toUpperCase(Locale.ROOT));
    }
  }
}
