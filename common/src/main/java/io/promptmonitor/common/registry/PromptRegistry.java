package io.promptmonitor.common.registry;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The registry of prompts: which versions there are, and which one is active.
 *
 * <p>Every change is atomic and leaves a {@link RegistryEvent}; the actor is whom the registry's
 * storage authenticated. Whatever reads a prompt's text verifies it. All methods throw {@link
 * RegistryException}.
 */
public interface PromptRegistry {

  /**
   * Carries out all operations, in this order, or none of them.
   *
   * @return for each operation the event it led to, or empty if it was already so
   */
  List<Optional<RegistryEvent>> execute(List<RegistryOperation> operations);

  /** Adds a version, see {@link RegistryOperation.Register}. */
  default Optional<RegistryEvent> register(
      String promptId, VersionDefinition definition, String promptText) {
    return execute(new RegistryOperation.Register(promptId, definition, promptText));
  }

  /** Makes a draft ready to be deployed, see {@link RegistryOperation.Stage}. */
  default Optional<RegistryEvent> stage(
      String promptId, SemanticVersion versionId, @Nullable String reason) {
    return execute(new RegistryOperation.Stage(promptId, versionId, reason));
  }

  /** Makes a version active, see {@link RegistryOperation.Deploy}. */
  default Optional<RegistryEvent> deploy(
      String promptId, SemanticVersion versionId, @Nullable String reason) {
    return execute(new RegistryOperation.Deploy(promptId, versionId, reason));
  }

  /** Goes back to an earlier version, see {@link RegistryOperation.Rollback}. */
  default RegistryEvent rollback(String promptId, @Nullable SemanticVersion to, String reason) {
    return execute(new RegistryOperation.Rollback(promptId, to, reason)).orElseThrow();
  }

  /** Withdraws a version, see {@link RegistryOperation.Deprecate}. */
  default Optional<RegistryEvent> deprecate(
      String promptId, SemanticVersion versionId, @Nullable String reason) {
    return execute(new RegistryOperation.Deprecate(promptId, versionId, reason));
  }

  private Optional<RegistryEvent> execute(RegistryOperation operation) {
    return execute(List.of(operation)).get(0);
  }

  /** The active version of a prompt, with its text verified. */
  ActivePrompt getActive(String promptId);

  /** The version that was active at a time, with its text verified. */
  ActivePrompt getActive(String promptId, Instant at);

  /** All versions and their states without the prompts' texts, as the history tells them. */
  RegistryView view();

  /** The identifiers of all prompts, sorted. */
  List<String> promptIds();

  /** All versions of a prompt in the order of their numbers, each verified. */
  List<PromptVersion> versions(String promptId);

  /** A version, verified. */
  PromptVersion version(String promptId, SemanticVersion versionId);

  /** The changes of a prompt, or of all prompts if it is null, oldest first. */
  List<RegistryEvent> history(@Nullable String promptId);

  /**
   * Checks everything that is stored: texts against hashes, definitions against what the history
   * says was registered, states against the history.
   *
   * @return a line for each problem, which names the version; empty if all is well
   */
  List<String> verify();
}
