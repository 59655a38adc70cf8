package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.deprecate;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.stage;

import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.database.Database;
import java.util.ArrayList;
import java.util.List;

/**
 * A client that changes two prompts, always both in one go, until it is killed; says the number of
 * each change that it made.
 */
public final class RegistryClientProgram {

  private RegistryClientProgram() {}

  public static void main(String[] args) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(Database.of(args[0]))) {
      for (int i = 0; true; i++) {
        registry.execute(change(args[1], i));
        System.out.println(i);
      }
    }
  }

  /** The operations of a change: a new version comes, the one before goes for good. */
  static List<RegistryOperation> change(String name, int i) {
    List<RegistryOperation> operations = new ArrayList<>();
    for (String promptId : List.of(name + "-left", name + "-right")) {
      String versionId = "1." + i + ".0";
      operations.add(register(promptId, versionId));
      operations.add(stage(promptId, versionId));
      operations.add(deploy(promptId, versionId));
      if (i > 0) {
        operations.add(deprecate(promptId, "1." + (i - 1) + ".0"));
      }
    }
    return operations;
  }
}
