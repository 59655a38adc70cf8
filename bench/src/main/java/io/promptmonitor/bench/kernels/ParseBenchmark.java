package io.promptmonitor.bench.kernels;

import com.fasterxml.jackson.core.JsonToken;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to read one execution record of about 600 bytes: the project's parser, validation
 * and all, next to bare field extraction with each JSON library.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(2)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class ParseBenchmark {

  private static final int RECORDS = 4096;

  private byte[][] records = new byte[0][];
  private int next;
  private final RecordParser recordParser =
      new RecordParser(ParserOptions.defaults(), System::currentTimeMillis);
  private final JacksonExtraction jackson = new JacksonExtraction();
  private final TunedJacksonExtraction tunedJackson = new TunedJacksonExtraction();
  private final DslJsonExtraction dslJson = new DslJsonExtraction();
  private final Fastjson2Extraction fastjson2 = new Fastjson2Extraction();

  /** Makes the records, and checks that all ways of reading them agree. */
  @Setup(Level.Trial)
  public void generateRecords() throws IOException {
    records = SampleRecords.generate(RECORDS, 42);
    for (byte[] record : records) {
      long checksum = jackson.extract(record);
      if (tunedJackson.extract(record) != checksum
          || dslJson.extract(record) != checksum
          || fastjson2.extract(record) != checksum) {
        throw new IllegalStateException("the libraries read different things");
      }
      if (recordParser.parse("bench", 1, record, 0, record.length).deadLetter() != null) {
        throw new IllegalStateException("a sample record is invalid");
      }
    }
  }

  private byte[] record() {
    return records[next++ & (RECORDS - 1)];
  }

  /** The parser that the jobs use. */
  @Benchmark
  public Ingested recordParser() {
    byte[] record = record();
    return recordParser.parse("bench", 1, record, 0, record.length);
  }

  @Benchmark
  public long jacksonExtraction() throws IOException {
    return jackson.extract(record());
  }

  @Benchmark
  public long tunedJacksonExtraction() throws IOException {
    return tunedJackson.extract(record());
  }

  @Benchmark
  public JsonToken jacksonParserCreation() throws IOException {
    return jackson.createOnly(record());
  }

  @Benchmark
  public long dslJsonExtraction() throws IOException {
    return dslJson.extract(record());
  }

  @Benchmark
  public long fastjson2Extraction() {
    return fastjson2.extract(record());
  }
}
