package io.promptmonitor.common.simulation;

import io.promptmonitor.common.ingest.RecordParser;
import io.promptmonitor.common.ingest.RejectionReason;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A way in which an execution record is broken, and the reason for which it must be rejected. */
enum Damage {
  NOT_UTF8(RejectionReason.NOT_UTF8) {
    @Override
    byte[] apply(String json, int form) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      bytes[json.indexOf("\"prompt_id\":\"") + "\"prompt_id\":\"".length()] = (byte) 0xFF;
      return bytes;
    }
  },
  NOT_JSON(RejectionReason.NOT_JSON) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(
          switch (form % 4) {
            case 0 -> json.substring(0, json.length() / 2);
            case 1 -> "2026-01-05 10:00:00 INFO request handled";
            case 2 -> "[" + json + "]";
            default -> json.replace("\"outcome\":", "\"outcome\" ");
          });
    }
  },
  TOO_LARGE(RejectionReason.TOO_LARGE) {
    @Override
    byte[] apply(String json, int form) {
      String start = json.substring(0, json.length() - 1) + ",\"padding\":\"";
      return bytes(start + "x".repeat(RecordParser.MAX_RECORD_LENGTH) + "\"}");
    }
  },
  MISSING_FIELD(RejectionReason.MISSING_FIELD) {
    @Override
    byte[] apply(String json, int form) {
      String field = REQUIRED.get(form % REQUIRED.size());
      return bytes(
          switch (form / REQUIRED.size() % 3) {
            case 0 -> json.replace("\"" + field + "\":", "\"" + field + "_was\":");
            case 1 -> with(json, field, "null");
            default -> with(json, field, "\"\"");
          });
    }
  },
  WRONG_TYPE(RejectionReason.WRONG_TYPE) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(
          switch (form % 4) {
            case 0 -> with(json, "latency_ms", "\"fast\"");
            case 1 -> with(json, "success", "\"yes\"");
            case 2 -> with(json, "input_tokens", "[1]");
            default -> with(json, "prompt_id", "{}");
          });
    }
  },
  FIELD_TOO_LONG(RejectionReason.FIELD_TOO_LONG) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(
          form % 2 == 0
              ? with(json, "prompt_id", "\"" + "p".repeat(300) + "\"")
              : with(json, "prompt_version", "\"" + "1".repeat(100) + "\""));
    }
  },
  INVALID_CHARACTER(RejectionReason.INVALID_CHARACTER) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(with(json, "prompt_id", form % 2 == 0 ? "\"a\\u0007b\"" : "\"a\\ud800b\""));
    }
  },
  INVALID_TIMESTAMP(RejectionReason.INVALID_TIMESTAMP) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(
          with(
              json,
              "timestamp",
              switch (form % 4) {
                case 0 -> "\"yesterday\"";
                case 1 -> "\"2026-01-05T10:00:00\"";
                case 2 -> "\"2026-02-30T10:00:00Z\"";
                default -> "\"05/01/2026 10:00\"";
              }));
    }
  },
  TIMESTAMP_IN_FUTURE(RejectionReason.TIMESTAMP_IN_FUTURE) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(with(json, "timestamp", "\"2999-01-01T00:00:00.000Z\""));
    }
  },
  OUT_OF_RANGE(RejectionReason.OUT_OF_RANGE) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(
          switch (form % 3) {
            case 0 -> with(json, "latency_ms", "-5");
            case 1 -> with(json, "latency_ms", "99999999999");
            default -> with(json, "input_tokens", "-1");
          });
    }
  },
  TOKENS_DO_NOT_ADD_UP(RejectionReason.TOKENS_DO_NOT_ADD_UP) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(with(json, "total_tokens", "98765432"));
    }
  },
  INVALID_RATING(RejectionReason.INVALID_RATING) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(with(json, "user_feedback", List.of("0", "6", "3.5", "-1").get(form % 4)));
    }
  },
  INVALID_HASH(RejectionReason.INVALID_HASH) {
    @Override
    byte[] apply(String json, int form) {
      return bytes(
          with(
              json,
              form % 2 == 0 ? "input_hash" : "output_hash",
              "\"" + ExecutionJson.RAW_TEXT_MARKER + ": why was I charged twice?\""));
    }
  };

  private static final List<String> REQUIRED =
      List.of("execution_id", "prompt_id", "prompt_version", "timestamp");

  private final RejectionReason reason;

  Damage(RejectionReason reason) {
    this.reason = reason;
  }

  /** Why the damaged record must be rejected. */
  RejectionReason reason() {
    return reason;
  }

  /** The name in scenarios: the code of the reason. */
  String code() {
    return reason.code();
  }

  static Damage ofCode(String code) {
    for (Damage damage : values()) {
      if (damage.code().equals(code)) {
        return damage;
      }
    }
    throw new IllegalArgumentException("unknown kind of broken record \"" + code + "\"");
  }

  /**
   * The damaged record.
   *
   * @param json a good one, as {@link ExecutionJson} writes it
   * @param form chooses among the forms of this damage, 0 or more
   */
  abstract byte[] apply(String json, int form);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The record with another value of a field. */
  private static String with(String json, String field, String value) {
    String start = "\"" + field + "\":";
    int from = json.indexOf(start) + start.length();
    int to = from;
    if (json.charAt(from) == '"') {
      to = json.indexOf('"', from + 1) + 1;
    } else {
      while (json.charAt(to) != ',' && json.charAt(to) != '}') {
        to++;
      }
    }
    return json.substring(0, from) + value + json.substring(to);
  }
}
