package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.config.Spelling;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** The keys by which a version, a rule or a channel of a test is named. */
final class NamedVersion {

  private NamedVersion() {}

  /** The keys {@code prompt} and {@code version}, each of which can be left out if there is one. */
  static PromptVersionId read(ConfigSection section, TestNames names) {
    // Known, also if there is no such prompt.
    section.has("version");
    String prompt = prompt(section, names);
    Set<String> versions = names.versions(prompt);
    String only = TestNames.only(versions);
    if (!section.has("version") && only != null) {
      return new PromptVersionId(prompt, only);
    }
    return new PromptVersionId(
        prompt, section.need("version", v -> known(v, "version of " + prompt, versions)));
  }

  /** The key {@code prompt}, which can be left out if there is only one. */
  static String prompt(ConfigSection section, TestNames names) {
    String only = TestNames.only(names.prompts());
    return !section.has("prompt") && only != null
        ? only
        : section.need("prompt", v -> known(v, "prompt", names.prompts()));
  }

  /** The version of what is only named by its rule: the only one there is. */
  static PromptVersionId only(ConfigValue value, TestNames names) {
    Set<PromptVersionId> versions = names.promptVersions();
    if (versions.size() != 1) {
      throw value.invalid(
          "the test has several versions; expected {rule: …, version: …}, and \"prompt\" if there"
              + " are several prompts");
    }
    return versions.iterator().next();
  }

  /** One of some names. */
  static String known(ConfigValue value, String what, Collection<String> known) {
    String name = value.text();
    if (!known.contains(name)) {
      throw value.invalid("unknown " + what + " \"" + name + "\"; " + Spelling.hint(name, known));
    }
    return name;
  }

  /** A name, or a list of names. */
  static List<String> allKnown(ConfigValue value, String what, Collection<String> known) {
    return value.isList()
        ? value.list(v -> known(v, what, known))
        : List.of(known(value, what, known));
  }
}
