package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A subcommand that changes one prompt, and prints the event it led to. */
abstract class ChangeSubcommand extends RegistrySubcommand {

  @Parameters(index = "0", paramLabel = "PROMPT", description = "Identifier of the prompt.")
  private String promptId;

  @Option(names = "--json", description = "Print what happened as JSON.")
  private boolean json;

  final String promptId() {
    return promptId;
  }

  @Override
  final int run(PromptRegistry registry) throws Exception {
    Optional<RegistryEvent> event = change(registry);
    if (json) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      values.put("changed", event.isPresent());
      values.put("event", event.map(EventText::values).orElse(null));
      event.ifPresent(e -> addTo(values, e));
      printJson(values);
    } else {
      print(event.map(EventText::sentence).orElseGet(this::already));
      event.ifPresent(this::printMore);
      String where = event.map(this::whereToLook).orElse(null);
      if (where != null) {
        say(where);
      }
    }
    return PromptMon.EXIT_OK;
  }

  /** Makes the change; empty if it was so already. */
  abstract Optional<RegistryEvent> change(PromptRegistry registry);

  /**
   * Adds what there is to say of a change beside its event, for JSON; nothing unless overridden.
   */
  void addTo(Map<String, @Nullable Object> values, RegistryEvent event) {}

  /** Prints what there is to say of a change beside its event; nothing unless overridden. */
  void printMore(RegistryEvent event) {}

  /** Where more is told of a change; null for nowhere. */
  @Nullable String whereToLook(RegistryEvent event) {
    return null;
  }

  /** What to say if it was so already. */
  abstract String already();
}
