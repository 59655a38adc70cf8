package io.promptmonitor.common.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What has to be done so that the registry holds what a directory of version files says.
 *
 * <p>A file says that its version is registered and, by {@code deployment.status}, what it is to
 * be. A plan makes active what a file says is active, but never again what was rolled back or
 * withdrawn, because a rollback is newer knowledge than the file. It never withdraws a version,
 * because that is for good. Versions without a file are left as they are. A plan that was carried
 * out leads to an empty plan.
 *
 * @param steps a step for each version that a file speaks of, by prompt and version
 * @param operations what to do, in this order
 */
public record RegistryPlan(List<Step> steps, List<RegistryOperation> operations) {

  private static final String REASON = "applied from version files";

  public RegistryPlan {
    steps = List.copyOf(steps);
    operations = List.copyOf(operations);
  }

  /** What a plan does about a version. */
  public enum Action {
    /** Nothing: it is as the file says. */
    NONE,
    /** It is changed. */
    CHANGE,
    /** It stays as it is although the file says otherwise, which is worth knowing. */
    KEEP,
    /** The file cannot be followed; nothing of the plan may be carried out. */
    CONFLICT
  }

  /**
   * What is done about one version.
   *
   * @param promptId the prompt
   * @param versionId its version
   * @param action what kind of step it is
   * @param text in words: what is done, or why it is not
   */
  public record Step(String promptId, SemanticVersion versionId, Action action, String text) {

    public Step {
      Objects.requireNonNull(promptId, "promptId");
      Objects.requireNonNull(versionId, "versionId");
      Objects.requireNonNull(action, "action");
      Objects.requireNonNull(text, "text");
    }
  }

  /**
   * What a file says.
   *
   * @param promptId the prompt
   * @param definition the version
   * @param promptText its text
   * @param status how far it has come; null to leave that to others
   */
  public record Wanted(
      String promptId,
      VersionDefinition definition,
      String promptText,
      @Nullable VersionStatus status) {

    public Wanted {
      Objects.requireNonNull(promptId, "promptId");
      Objects.requireNonNull(definition, "definition");
      Objects.requireNonNull(promptText, "promptText");
    }
  }

  /** Whether a file cannot be followed. */
  public boolean hasConflicts() {
    return steps.stream().anyMatch(step -> step.action() == Action.CONFLICT);
  }

  /**
   * The plan for files.
   *
   * @param wanted what the files say; each version once
   * @param present all versions of these prompts in the registry
   */
  public static RegistryPlan of(Collection<Wanted> wanted, Collection<PromptVersion> present) {
    Map<String, Prompt> prompts = new TreeMap<>();
    for (Wanted file : wanted) {
      Prompt prompt = prompts.computeIfAbsent(file.promptId(), Prompt::new);
      if (prompt.wanted.put(file.definition().versionId(), file) != null) {
        throw new IllegalArgumentException(
            file.promptId() + "@" + file.definition().versionId() + " twice");
      }
    }
    for (PromptVersion version : present) {
      Prompt prompt = prompts.get(version.promptId());
      if (prompt != null) {
        prompt.present.put(version.versionId(), version);
      }
    }
    List<Step> steps = new ArrayList<>();
    List<RegistryOperation> operations = new ArrayList<>();
    prompts.values().forEach(prompt -> prompt.plan(steps, operations));
    return new RegistryPlan(steps, operations);
  }

  /** One prompt's part of the plan. */
  private static final class Prompt {
    private final String promptId;
    private final Map<SemanticVersion, Wanted> wanted = new TreeMap<>();
    private final Map<SemanticVersion, PromptVersion> present = new TreeMap<>();
    private final List<RegistryOperation> registrations = new ArrayList<>();
    private final List<RegistryOperation> switches = new ArrayList<>();

    Prompt(String promptId) {
      this.promptId = promptId;
    }

    void plan(List<Step> steps, List<RegistryOperation> operations) {
      List<Wanted> active =
          wanted.values().stream().filter(file -> file.status() == VersionStatus.ACTIVE).toList();
      SemanticVersion deployed = active.size() == 1 ? deployed(active.get(0)) : null;
      for (Wanted file : wanted.values()) {
        String conflict = conflict(file, active.size());
        steps.add(
            conflict != null
                ? new Step(promptId, file.definition().versionId(), Action.CONFLICT, conflict)
                : step(file, deployed));
      }
      operations.addAll(registrations);
      operations.addAll(switches);
    }

    /** Why a file cannot be followed, or null if it can. */
    private @Nullable String conflict(Wanted file, int wantedActive) {
      PromptVersion stored = present.get(file.definition().versionId());
      if (stored != null && !stored.hasContentOf(file.definition())) {
        return "is registered with other content, and a version never changes: give it a new number";
      }
      if (file.status() != VersionStatus.ACTIVE) {
        return null;
      }
      SemanticVersion reference = file.definition().rollback().reference();
      if (reference != null && !present.containsKey(reference) && !wanted.containsKey(reference)) {
        return "names the rollback reference "
            + reference
            + ", which is neither registered nor among the files";
      }
      return wantedActive > 1 ? "is not the only version that is to be active" : null;
    }

    /** The version that the plan makes active, or null if it makes none. */
    private @Nullable SemanticVersion deployed(Wanted file) {
      PromptVersion stored = present.get(file.definition().versionId());
      if (stored != null) {
        DeprecationReason deprecation = stored.deployment().deprecation();
        if (stored.deployment().status() == VersionStatus.ACTIVE
            || deprecation == DeprecationReason.ROLLED_BACK
            || deprecation == DeprecationReason.WITHDRAWN) {
          return null;
        }
      }
      return file.definition().versionId();
    }

    private Step step(Wanted file, @Nullable SemanticVersion deployed) {
      SemanticVersion versionId = file.definition().versionId();
      PromptVersion stored = present.get(versionId);
      Deployment now = stored == null ? Deployment.draft() : stored.deployment();
      List<String> words = new ArrayList<>();
      if (stored == null) {
        registrations.add(
            new RegistryOperation.Register(promptId, file.definition(), file.promptText()));
        words.add("register");
      }
      VersionStatus from = now.status();
      VersionStatus to = Objects.requireNonNullElse(file.status(), from);
      String kept = null;
      if (versionId.equals(deployed)) {
        if (from == VersionStatus.DRAFT) {
          stage(versionId, words);
        }
        switches.add(new RegistryOperation.Deploy(promptId, versionId, REASON));
        SemanticVersion replaced = active();
        words.add(replaced == null ? "deploy" : "deploy (replaces " + replaced + ")");
      } else if (from == VersionStatus.ACTIVE && deployed != null) {
        words.add("superseded by " + deployed);
      } else if (from == VersionStatus.DRAFT && to == VersionStatus.STAGED) {
        stage(versionId, words);
      } else if (from != to) {
        kept = kept(now, to);
      }
      if (kept != null) {
        words.add(kept);
        return new Step(promptId, versionId, Action.KEEP, String.join(", ", words));
      }
      return words.isEmpty()
          ? new Step(promptId, versionId, Action.NONE, "no change (" + from.label() + ")")
          : new Step(promptId, versionId, Action.CHANGE, String.join(", ", words));
    }

    /** Why a version stays as it is although its file says otherwise. */
    private static String kept(Deployment now, VersionStatus to) {
      DeprecationReason deprecation = now.deprecation();
      if (to == VersionStatus.ACTIVE && deprecation == DeprecationReason.ROLLED_BACK) {
        return "was rolled back and stays so although its file says active; deploy it by hand if it"
            + " is good after all, or change its file";
      } else if (to == VersionStatus.ACTIVE && deprecation == DeprecationReason.WITHDRAWN) {
        return "was withdrawn and stays so although its file says active; change its file";
      }
      String stays =
          "is " + now.status().label() + " and stays so although its file says " + to.label();
      return to == VersionStatus.DEPRECATED && now.status() != VersionStatus.ACTIVE
          ? stays + "; registry deprecate withdraws it for good"
          : stays;
    }

    private void stage(SemanticVersion versionId, List<String> words) {
      registrations.add(new RegistryOperation.Stage(promptId, versionId, REASON));
      words.add("stage");
    }

    private @Nullable SemanticVersion active() {
      return present.values().stream()
          .filter(version -> version.deployment().status() == VersionStatus.ACTIVE)
          .map(PromptVersion::versionId)
          .findFirst()
          .orElse(null);
    }
  }
}
