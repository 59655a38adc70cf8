package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.definition;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.text;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionDefinitionJson;
import io.promptmonitor.common.registry.VersionStatus;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.serialization.RegistrySignalSerializer;
import io.promptmonitor.jobs.source.registry.PostgresRegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryChanges;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One version that this release cannot use hides neither the others nor itself. */
class UnusableDefinitionTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Logger LOGGER = (Logger) LogManager.getLogger(PostgresPromptRegistry.class);

  private final Errors errors = new Errors();
  private PostgresPromptRegistry registry;

  @BeforeEach
  void open() {
    Database database = postgres.database();
    RegistryDatabase.clear(database);
    registry = new PostgresPromptRegistry(database);
    errors.start();
    LOGGER.addAppender(errors);
  }

  @AfterEach
  void close() {
    LOGGER.removeAppender(errors);
    registry.close();
  }

  /** Registers a version as another release would, by whose migrations more is accepted. */
  private static void registerByHand(String promptId, String version, String old, String changed) {
    String json = VersionDefinitionJson.write(definition(version));
    assertThat(json).contains(old);
    RegistryDatabase.execute(
        postgres.database(),
        "CREATE OR REPLACE FUNCTION promptmon.registry_check_definition(definition json)"
            + " RETURNS void LANGUAGE sql AS ''");
    RegistryDatabase.execute(
        postgres.database(),
        "SELECT promptmon.registry_register('%s', '%s'::json, '%s')"
            .formatted(promptId, json.replace(old, changed), text(version)));
    RegistryDatabase.execute(
        postgres.database(),
        "SELECT promptmon.registry_stage('%1$s', '%2$s');".formatted(promptId, version)
            + "SELECT promptmon.registry_deploy('%1$s', '%2$s')".formatted(promptId, version));
  }

  private static void registerOneOfEachKind(PostgresPromptRegistry registry) {
    registerByHand(
        "newer", "1.0.0", "{\"PromptVersion\"", "{\"approval\":{\"by\":\"x\"},\"PromptVersion\"");
    registerByHand("nonsense", "1.0.0", "8.5", "850");
    registerByHand("tampered", "1.0.0", "8.5", "8.5");
    registry.execute(List.of(register("good", "1.0.0")));
    RegistryDatabase.execute(
        postgres.database(),
        "SET session_replication_role = replica;"
            + "ALTER TABLE promptmon.prompt_version DROP CONSTRAINT IF EXISTS content_hash_of_definition;"
            + "UPDATE promptmon.prompt_version"
            + " SET definition = replace(definition::text, '8.5', '9.5')::json"
            + " WHERE prompt_id = 'tampered'");
  }

  @Test
  void theJobGoesOnWithWhatIsKnown() throws Exception {
    registerOneOfEachKind(registry);
    RegistryView view = new RegistryView();
    try (RegistryChanges log = PostgresRegistryChanges.in(postgres.database()).open()) {
      for (int pages = 0; pages < 2; pages++) {
        for (RegistryChange change : log.changesAfter(0, 100)) {
          assertThat(written(change)).isEqualTo(change);
          view.apply(change);
        }
      }
    }
    assertThat(view.lastEventId()).isEqualTo(10);
    assertThat(view.predictedQuality(RegistryView.id("newer", v("1.0.0")))).isEqualTo(8.5);
    assertThat(view.predictedQuality(RegistryView.id("good", v("1.0.0")))).isEqualTo(8.5);
    for (String promptId : List.of("nonsense", "tampered")) {
      var version = view.version(RegistryView.id(promptId, v("1.0.0")));
      assertThat(version).isNotNull();
      assertThat(version.deployment().status()).isEqualTo(VersionStatus.ACTIVE);
      assertThat(version.definition())
          .isEqualTo(VersionDefinition.ofUnknownContent(v("1.0.0"), PromptHash.of(text("1.0.0"))));
    }
    assertThat(errors.lines)
        .containsExactly(
            "the definition of nonsense@1.0.0 (registry event 4) cannot be understood, perhaps it"
                + " was written by a newer release; going on without what it says",
            "the definition of tampered@1.0.0 (registry event 7) is not the one that was"
                + " registered: it was tampered with; going on without what it says");
  }

  /** The change as the job's operators hand it on. */
  private static RegistryChange written(RegistryChange change) throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    RegistrySignalSerializer.INSTANCE.serialize(new RegistrySignal(change), out);
    RegistrySignal read =
        RegistrySignalSerializer.INSTANCE.deserialize(
            new DataInputDeserializer(out.getCopyOfBuffer()));
    RegistryChange result = read.change();
    assertThat(result).isNotNull();
    return result;
  }

  @Test
  void theRestIsListedAndVerifyTells() {
    registerOneOfEachKind(registry);
    assertThat(command("list")).contains("good", "newer", "nonsense", "tampered").hasLineCount(6);
    assertThat(command("show", "good", "1.0.0")).contains("8.5 of 10");
    assertThat(command("show", "nonsense")).contains("active").doesNotContain("850");
    assertThat(registry.verify())
        .containsExactlyInAnyOrder(
            "nonsense@1.0.0: its definition cannot be understood, perhaps it was written by a newer"
                + " release",
            "tampered@1.0.0: its definition is not the one that was registered");
    assertThat(registry.version("newer", v("1.0.0")).definition().performance())
        .isEqualTo(definition("1.0.0").performance());
    // Its text is intact, and that is what is served.
    assertThat(registry.getActive("nonsense").promptText()).isEqualTo(text("1.0.0"));
    assertThatThrownBy(() -> registry.version("nonsense", v("1.0.0")))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("nonsense@1.0.0: its definition cannot be understood");
    assertThatThrownBy(() -> registry.version("tampered", v("1.0.0")))
        .isInstanceOf(RegistryException.class)
        .hasMessageStartingWith("tampered@1.0.0 is not what was registered");
  }

  private static String command(String... arguments) {
    List<String> all = new ArrayList<>(List.of("registry"));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--db", postgres.url()));
    StringWriter out = new StringWriter();
    int exit =
        PromptMon.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    assertThat(exit).isEqualTo(PromptMon.EXIT_OK);
    return out.toString();
  }

  /** What is logged as an error. */
  private static final class Errors extends AbstractAppender {
    private final List<String> lines = new ArrayList<>();

    Errors() {
      super("errors", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      if (event.getLevel().equals(Level.ERROR)) {
        lines.add(event.getMessage().getFormattedMessage());
      }
    }
  }
}
