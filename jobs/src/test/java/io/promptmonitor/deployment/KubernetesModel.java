package io.promptmonitor.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1CronJob;
import io.kubernetes.client.openapi.models.V1Job;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PersistentVolumeClaim;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1PodTemplateSpec;
import io.kubernetes.client.openapi.models.V1Role;
import io.kubernetes.client.openapi.models.V1RoleBinding;
import io.kubernetes.client.openapi.models.V1ServiceAccount;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What manifests may hold: Kubernetes' own kinds by its model, FlinkDeployments by the schema that
 * the operator publishes. A field that is not known is refused.
 */
final class KubernetesModel {

  /** The version that the manifests ask for; the published schema is older than it. */
  private static final String FLINK_VERSION = "v2_3";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonSchema flinkDeployment;

  KubernetesModel() throws IOException {
    try (InputStream definition =
        KubernetesModel.class.getResourceAsStream(
            "/META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml")) {
      JsonNode document =
          JSON.valueToTree(
              new Yaml(new SafeConstructor(options())).<Map<String, Object>>load(definition));
      ObjectNode schema =
          (ObjectNode) document.at("/spec/versions/0/schema/openAPIV3Schema").deepCopy();
      close(schema);
      ((ArrayNode) schema.at("/properties/spec/properties/flinkVersion/enum")).add(FLINK_VERSION);
      // Of every object, and for the API server to check.
      ObjectNode properties = (ObjectNode) schema.get("properties");
      for (String field : new String[] {"apiVersion", "kind", "metadata"}) {
        properties.putObject(field);
      }
      flinkDeployment = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
    }
  }

  private static LoaderOptions options() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    return options;
  }

  /** Forbids fields that the schema does not name, as {@code kubectl --validate=strict} does. */
  private static void close(JsonNode schema) {
    if (schema instanceof ObjectNode object) {
      boolean open =
          object.has("additionalProperties")
              || object.path("x-kubernetes-preserve-unknown-fields").asBoolean();
      if (object.get("properties") instanceof ObjectNode && !open) {
        object.put("additionalProperties", false);
      }
      // Said by anyOf as well; JSON Schema does not know the word.
      object.remove("x-kubernetes-int-or-string");
    }
    schema.forEach(KubernetesModel::close);
  }

  /** Fails unless the object is one of its kind. */
  void assertValid(Map<String, Object> object) throws IOException {
    String json = json(object);
    String kind = String.valueOf(object.get("kind"));
    Object typed =
        switch (kind) {
          case "ConfigMap" -> V1ConfigMap.fromJson(json);
          case "CronJob" -> V1CronJob.fromJson(json);
          case "Job" -> V1Job.fromJson(json);
          case "NetworkPolicy" -> V1NetworkPolicy.fromJson(json);
          case "PersistentVolumeClaim" -> V1PersistentVolumeClaim.fromJson(json);
          case "PodDisruptionBudget" -> V1PodDisruptionBudget.fromJson(json);
          case "Role" -> V1Role.fromJson(json);
          case "RoleBinding" -> V1RoleBinding.fromJson(json);
          case "ServiceAccount" -> V1ServiceAccount.fromJson(json);
          case "FlinkDeployment" -> {
            JsonNode node = JSON.readTree(json);
            assertThat(flinkDeployment.validate(node)).as("FlinkDeployment").isEmpty();
            yield V1PodTemplateSpec.fromJson(node.at("/spec/podTemplate").toString());
          }
          default -> throw new IllegalArgumentException("a test is missing for " + kind);
        };
    assertThat(typed).isNotNull();
  }

  private static String json(Map<String, Object> object) throws JsonProcessingException {
    return JSON.writeValueAsString(object);
  }
}
