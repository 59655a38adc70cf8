package io.promptmonitor.common.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
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
 * withdrawn, because a rollback is newer knowledge than the file. Versions without a file are left
 * as they are. A plan that was carried out leads to an empty plan.
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
    private final Map<SemanticVersion, List<String>> done = new LinkedHashMap<>();
    private final List<RegistryOperation> registrations = new ArrayList<>();
    private final List<RegistryOperation> switches = new ArrayList<>();
    private final List<RegistryOperation> withdrawals = new ArrayList<>();

    Prompt(String promptId) {
      this.promptId = promptId;
    }

    void plan(List<Step> steps, List<RegistryOperation> operations) {
      List<SemanticVersion> wantedActive =
          wanted.values().stream()
              .filter(file -> file.status() == VersionStatus.ACTIVE)
              .map(file -> file.definition().versionId())
              .toList();
      for (Wanted file : wanted.values()) {
        steps.add(step(file, wantedActive));
      }
      operations.addAll(registrations);
      operations.addAll(switches);
      operations.addAll(withdrawals);
    }

    private Step step(Wanted file, List<SemanticVersion> wantedActive) {
      SemanticVersion versionId = file.definition().versionId();
      PromptVersion stored = present.get(versionId);
      if (stored != null && !stored.hasContentOf(file.definition())) {
        return new Step(
            promptId,
            versionId,
            Action.CONFLICT,
            "is registered with other content, and a version never changes: give it a new number");
      }
      VersionStatus status = file.status();
      if (status == VersionStatus.ACTIVE && wantedActive.size() > 1) {
        return new Step(
            promptId, versionId, Action.CONFLICT, "is not the only version that is to be active");
      }
      List<String> words = done.computeIfAbsent(versionId, v -> new ArrayList<>());
      Deployment now = stored == null ? null : stored.deployment();
      if (now == null) {
        registrations.add(
            new RegistryOperation.Register(promptId, file.definition(), file.promptText()));
        words.add("register");
      }
      VersionStatus from = now == null ? VersionStatus.DRAFT : now.status();
      String kept = status == null ? null : move(versionId, from, now, status, wantedActive, words);
      if (kept != null) {
        String already = words.isEmpty() ? "" : String.join(", ", words) + "; ";
        return new Step(promptId, versionId, Action.KEEP, already + kept);
      }
      return words.isEmpty()
          ? new Step(promptId, versionId, Action.NONE, "no change (" + from.label() + ")")
          : new Step(promptId, versionId, Action.CHANGE, String.join(", ", words));
    }

    /** Plans the way from one status to another; null, or why the version stays as it is. */
    private @Nullable String move(
        SemanticVersion versionId,
        VersionStatus from,
        @Nullable Deployment now,
        VersionStatus to,
        List<SemanticVersion> wantedActive,
        List<String> words) {
      if (from == to) {
        return null;
      }
      switch (to) {
        case DRAFT -> {
          return stays(from, to);
        }
        case STAGED -> {
          if (from != VersionStatus.DRAFT) {
            return stays(from, to);
          }
          stage(versionId, words);
        }
        case ACTIVE -> {
          DeprecationReason deprecation = now == null ? null : now.deprecation();
          if (deprecation == DeprecationReason.ROLLED_BACK
              || deprecation == DeprecationReason.WITHDRAWN) {
            return "was "
                + deprecation.label().replace('_', ' ')
                + " and stays so although its file says active; "
                + (deprecation == DeprecationReason.ROLLED_BACK
                    ? "deploy it by hand if it is good after all, or change its file"
                    : "change its file");
          }
          if (from == VersionStatus.DRAFT) {
            stage(versionId, words);
          }
          switches.add(new RegistryOperation.Deploy(promptId, versionId, REASON));
          SemanticVersion replaced = active();
          words.add(replaced == null ? "deploy" : "deploy (replaces " + replaced + ")");
        }
        case DEPRECATED -> {
          if (from == VersionStatus.ACTIVE) {
            // Superseded by the one that is to be active; without such a one it cannot go.
            return wantedActive.isEmpty() ? stays(from, to) : null;
          }
          withdrawals.add(new RegistryOperation.Deprecate(promptId, versionId, REASON));
          words.add("deprecate (withdrawn for good)");
        }
      }
      return null;
    }

    private void stage(SemanticVersion versionId, List<String> words) {
      registrations.add(new RegistryOperation.Stage(promptId, versionId, REASON));
      words.add("stage");
    }

    private @Nullable SemanticVersion active() {
      return present.values().stream()
          .filter(version -> version.deployment().status() == VersionStatus.ACTIVE)
          .map(PromptVersion::versionId)
          .min(Comparator.naturalOrder())
          .orElse(null);
    }

    private static String stays(VersionStatus from, VersionStatus to) {
      return "is " + from.label() + " and stays so although its file says " + to.label();
    }
  }
}
