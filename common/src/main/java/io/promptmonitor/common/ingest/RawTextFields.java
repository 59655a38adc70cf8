package io.promptmonitor.common.ingest;

import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The names of fields that usually carry raw text of a call. Such fields are dropped like every
 * unknown field; a record that has one is counted, so that its producer can be told.
 */
public final class RawTextFields {

  /** The names, in lower case with underscores. */
  public static final Set<String> NAMES =
      Set.of(
          "answer",
          "arguments",
          "assistant_message",
          "body",
          "chat_history",
          "completion",
          "completions",
          "content",
          "contents",
          "conversation",
          "document",
          "documents",
          "generated_text",
          "generation",
          "history",
          "input",
          "input_text",
          "inputs",
          "instruction",
          "instructions",
          "llm_output",
          "message",
          "messages",
          "model_output",
          "output",
          "output_text",
          "outputs",
          "prompt",
          "prompt_text",
          "prompts",
          "query",
          "question",
          "raw_input",
          "raw_output",
          "raw_prompt",
          "raw_response",
          "raw_text",
          "reply",
          "request",
          "request_body",
          "response",
          "response_body",
          "response_text",
          "responses",
          "system_prompt",
          "text",
          "transcript",
          "user_input",
          "user_message",
          "user_prompt");

  private static final Set<String> LETTERS_ONLY =
      NAMES.stream().map(RawTextFields::lettersOnly).collect(Collectors.toUnmodifiableSet());

  private RawTextFields() {}

  /**
   * Whether a field of this name usually carries raw text. Case, underscores and hyphens do not
   * matter ({@code promptText}), nor does a prefix up to the last point ({@code gen_ai.prompt}).
   */
  public static boolean contains(String name) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return LETTERS_ONLY.contains(lettersOnly(last));
  }

  private static String lettersOnly(String name) {
    return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }
}
