package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.config.ConfigException;
import org.junit.jupiter.api.Test;

class VersionDefinitionJsonTest {

  private static final VersionDefinition FULL = VersionFiles.read("full.yaml").definition();

  @Test
  void theBytesNeverChange() {
    assertThat(VersionDefinitionJson.write(FULL))
        .isEqualTo(VersionFiles.text("full.json").stripTrailing());
    assertThat(VersionDefinitionJson.read(VersionFiles.text("full.json"))).isEqualTo(FULL);
  }

  @Test
  void whatIsNotSaidIsLeftOut() {
    VersionDefinition bare = VersionFiles.read("bare.yaml").definition();
    String json = VersionDefinitionJson.write(bare);
    assertThat(json)
        .isEqualTo(
            "{\"PromptVersion\":{\"version_id\":\"0.1.0\",\"prompt_hash\":\""
                + PromptHash.of("Answer briefly.")
                + "\",\"rollback\":{\"auto_rollback_enabled\":true}}}");
    assertThat(VersionDefinitionJson.read(json)).isEqualTo(bare);
  }

  @Test
  void readsWhatADatabaseMadeOfIt() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    JsonNode tree = mapper.readTree(VersionDefinitionJson.write(FULL));
    String formatted = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(tree);
    assertThat(VersionDefinitionJson.read(formatted)).isEqualTo(FULL);
  }

  @Test
  void anythingElseIsRefused() {
    String json = VersionDefinitionJson.write(FULL);
    assertThatThrownBy(() -> VersionDefinitionJson.read("{}"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("definition:1:1: \"PromptVersion\" is missing");
    assertThatThrownBy(() -> VersionDefinitionJson.read(json.replaceFirst("1\\.0\\.0", "1.0.1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "deployment_specification.version_control.version_id: is 1.0.0, but"
                + " PromptVersion.version_id is 1.0.1");
    assertThatThrownBy(() -> VersionDefinitionJson.read(json.replace("true", "perhaps")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("expected true or false");
  }

  @Test
  void keysOfANewerReleaseArePassedOver() {
    String json = VersionDefinitionJson.write(FULL);
    String newer =
        json.replace("{\"version_id\"", "{\"season\":{\"of\":[\"mist\"]},\"version_id\"")
            .replaceFirst("\\{", "{\"approval\":null,");
    assertThat(newer).contains("season").contains("approval");
    assertThat(VersionDefinitionJson.read(newer)).isEqualTo(FULL);
  }
}
