package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.config.ConfigReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Nothing is lost between a version, its file and its JSON. */
class VersionRoundTripTest {

  @Property(tries = 1000, seed = "1")
  void anExportedFileSaysWhatWasRegistered(@ForAll long seed) {
    PromptVersion version = new RandomVersion(seed).version();

    String file = VersionFileYaml.write(version);

    VersionFile read =
        ConfigReader.read(
            "exported.yaml", file.getBytes(StandardCharsets.UTF_8), VersionFile::read);
    assertThat(read.promptText()).as(file).isEqualTo(version.promptText());
    assertThat(read.promptId()).isEqualTo(version.promptId());
    assertThat(read.wantedStatus()).isEqualTo(version.deployment().status());
    assertThat(read.definition().createdAt()).isEqualTo(version.createdAt());
    assertThat(read.definition().createdBy()).isEqualTo(version.createdBy());
    assertThat(read.definition().rollback().reference()).isEqualTo(version.rollbackReference());
    assertThat(version.hasContentOf(read.definition())).as(file).isTrue();
  }

  @Property(tries = 1000, seed = "1")
  void jsonSaysTheSame(@ForAll long seed) throws IOException {
    RandomVersion random = new RandomVersion(seed);
    VersionDefinition definition = random.definition(random.promptText());

    String json = VersionDefinitionJson.write(definition);

    assertThat(VersionDefinitionJson.read(json)).as(json).isEqualTo(definition);
    assertThat(json).doesNotContain("\n");
    // As a database might print it.
    String printed = new ObjectMapper().readTree(json).toPrettyString();
    assertThat(VersionDefinitionJson.read(printed)).isEqualTo(definition);
  }

  @Property(tries = 1000, seed = "1")
  void anUnchangedVersionHasItsContentAndAChangedOneHasNot(@ForAll long seed) {
    PromptVersion version = new RandomVersion(seed).version();
    VersionDefinition other = new RandomVersion(seed + 1).version().definition();

    assertThat(version.hasContentOf(version.definition())).isTrue();
    assertThat(version.hasContentOf(other)).isFalse();
  }
}
