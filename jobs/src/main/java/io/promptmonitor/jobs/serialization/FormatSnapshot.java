package io.promptmonitor.jobs.serialization;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Which version of a serializer's format a checkpoint was written with. Subclasses are public and
 * have a public constructor without parameters, as Flink demands.
 *
 * @param <T> the record
 */
public abstract class FormatSnapshot<T> implements TypeSerializerSnapshot<T> {

  private final int currentVersion;
  private int writtenVersion;

  /** {@code currentVersion} is the version of what the serializer writes today, from 1. */
  protected FormatSnapshot(int currentVersion) {
    this.currentVersion = currentVersion;
    this.writtenVersion = currentVersion;
  }

  /** A serializer that reads what was written in the given version, 1 to the current one. */
  protected abstract TypeSerializer<T> serializer(int version);

  @Override
  public final int getCurrentVersion() {
    return currentVersion;
  }

  @Override
  public final void writeSnapshot(DataOutputView out) {
    // The version is all there is to say, and Flink writes that.
  }

  @Override
  public final void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
      throws IOException {
    if (readVersion < 1 || readVersion > currentVersion) {
      throw new IOException(
          "state was written by a newer version of this program: %s has version %d, expected 1 to %d"
              .formatted(getClass().getSimpleName(), readVersion, currentVersion));
    }
    writtenVersion = readVersion;
  }

  @Override
  public final TypeSerializer<T> restoreSerializer() {
    return serializer(writtenVersion);
  }

  @Override
  public final TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> old) {
    if (!(old instanceof FormatSnapshot<T> that) || that.getClass() != getClass()) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    return that.writtenVersion == currentVersion
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
  }
}
