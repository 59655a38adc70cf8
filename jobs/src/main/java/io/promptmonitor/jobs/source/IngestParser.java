package io.promptmonitor.jobs.source;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import java.io.Serializable;

/** Turns the bytes of one record into an execution, a feedback event or a dead letter. */
@FunctionalInterface
public interface IngestParser {

  /**
   * Parses one record; a record that cannot be used becomes a dead letter, not an exception.
   *
   * @param source topic and partition, or file path
   * @param position offset in the partition, or line number in the file (from 1)
   * @param bytes holds the record; not changed afterwards, so the result may refer to it
   * @param offset where the record begins
   * @param length length of the record in bytes
   */
  Ingested parse(String source, long position, byte[] bytes, int offset, int length);

  /** Makes a parser for each reader; travels with the job, so it has to be serializable. */
  @FunctionalInterface
  interface Factory extends Serializable {

    /** A parser that one thread uses. */
    IngestParser create();

    /** Makes parsers of the JSON records that producers write, with the machine's clock. */
    static Factory ofJson(ParserOptions options) {
      return () -> new RecordParser(options, System::currentTimeMillis)::parse;
    }
  }
}
