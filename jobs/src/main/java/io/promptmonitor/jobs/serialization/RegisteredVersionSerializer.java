package io.promptmonitor.jobs.serialization;

import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeprecationReason;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.VersionStatus;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Writes versions of prompts as operators keep them in their state. */
public final class RegisteredVersionSerializer extends ImmutableSerializer<RegisteredVersion> {

  /** The only instance. */
  public static final RegisteredVersionSerializer INSTANCE = new RegisteredVersionSerializer();

  private static final Map<String, VersionStatus> STATUSES =
      Arrays.stream(VersionStatus.values())
          .collect(Collectors.toUnmodifiableMap(VersionStatus::label, Function.identity()));
  private static final Map<String, DeprecationReason> REASONS =
      Arrays.stream(DeprecationReason.values())
          .collect(Collectors.toUnmodifiableMap(DeprecationReason::label, Function.identity()));

  private RegisteredVersionSerializer() {}

  @Override
  public void serialize(RegisteredVersion version, DataOutputView out) throws IOException {
    RegistryTexts.writeDefinition(out, version.definition());
    writeDeployment(out, version.deployment());
    RegistryTexts.writeVersion(out, version.replaced());
  }

  @Override
  public RegisteredVersion deserialize(DataInputView in) throws IOException {
    return new RegisteredVersion(
        RegistryTexts.readDefinition(in), readDeployment(in), RegistryTexts.readVersion(in));
  }

  private static void writeDeployment(DataOutput out, Deployment deployment) throws IOException {
    Text.write(out, deployment.status().label());
    DeprecationReason deprecation = deployment.deprecation();
    Text.writeNullable(out, deprecation == null ? null : deprecation.label());
    Text.writeNullable(out, deployment.deployedBy());
    Instant deployedAt = deployment.deployedAt();
    if (deployedAt != null) {
      RegistryTexts.writeInstant(out, deployedAt);
    }
  }

  private static Deployment readDeployment(DataInput in) throws IOException {
    VersionStatus status = RegistryTexts.known(STATUSES, Text.read(in));
    String deprecation = Text.readNullable(in);
    String deployedBy = Text.readNullable(in);
    return new Deployment(
        status,
        deprecation == null ? null : RegistryTexts.known(REASONS, deprecation),
        deployedBy == null ? null : RegistryTexts.readInstant(in),
        deployedBy);
  }

  @Override
  public TypeSerializerSnapshot<RegisteredVersion> snapshotConfiguration() {
    return new Snapshot();
  }

  private Object readResolve() {
    return INSTANCE;
  }

  /** Version 1 is the only one so far. */
  public static final class Snapshot extends FormatSnapshot<RegisteredVersion> {

    /** Needed by Flink. */
    public Snapshot() {
      super(1);
    }

    @Override
    protected TypeSerializer<RegisteredVersion> serializer(int version) {
      return INSTANCE;
    }
  }
}
