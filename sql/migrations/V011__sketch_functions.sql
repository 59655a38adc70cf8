-- Percentiles and distinct users over any rows of window_metrics, from the digests and sketches stored there.
-- The formats are those of io.promptmonitor.common.sketch (QuantileSketch, DistinctSketch); a test compares what both sides compute.
-- No extensions, no side effects: every function is IMMUTABLE and PARALLEL SAFE. That rules out EXCEPTION blocks, so bytes are checked before
-- they are read.

-- An entry is a value or a centroid: its mean as the 8 bytes of float8send, which sort as the numbers do because none is negative, and how
-- many values it stands for; negative if each of them is the mean exactly. Digests are taken in the order of their bytes, so that the order
-- of the rows makes no difference.
CREATE FUNCTION promptmon.digest_entries(digests bytea[], OUT means bytea[], OUT weights bigint[], OUT total bigint)
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    digest   bytea;
    size     int;
    at       int;
    shift    int;
    part     int;
    number   bigint;
    first    int := 1;
    entries  int;
    form     int;
    bits     int;
    counted  boolean;
    value    bigint;
BEGIN
    means := '{}';
    weights := '{}';
    total := 0;
    FOREACH digest IN ARRAY ARRAY(SELECT d FROM unnest(digests) AS d WHERE d IS NOT NULL ORDER BY d) LOOP
        size := length(digest);
        form := CASE WHEN size >= 4 THEN get_byte(digest, 0) ELSE -1 END;
        IF form NOT IN (0, 1) THEN
            RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a digest: %s bytes%s', size,
                CASE WHEN size > 0 THEN format(', the first of them %s, expected 0 or 1', get_byte(digest, 0)) ELSE '' END);
        END IF;

        -- Of a t-digest how many values it holds, else how many bits of each value are kept; then the number of entries.
        IF form = 1 THEN
            number := 0;
            shift := 0;
            at := 1;
            LOOP
                part := CASE WHEN at < size AND shift <= 49 THEN get_byte(digest, at) END;
                IF part IS NULL THEN
                    RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = 'not a digest: the number of its values does not end';
                END IF;
                at := at + 1;
                number := number | ((part & 127)::bigint << shift);
                EXIT WHEN part < 128;
                shift := shift + 7;
            END LOOP;
            total := total + number;
        ELSE
            bits := get_byte(digest, 1);
            at := 2;
        END IF;
        entries := 0;
        shift := 0;
        LOOP
            part := CASE WHEN at < size AND shift <= 14 THEN get_byte(digest, at) END;
            IF part IS NULL THEN
                RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = 'not a digest: the number of its entries does not end';
            END IF;
            at := at + 1;
            entries := entries | ((part & 127) << shift);
            EXIT WHEN part < 128;
            shift := shift + 7;
        END LOOP;

        IF form = 1 THEN
            IF at + 9 * entries > size THEN
                RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a digest: %s bytes do not hold %s centroids', size, entries);
            END IF;
            FOR n IN first..first + entries - 1 LOOP
                means[n] := substr(digest, at + 1, 8);
                part := get_byte(digest, at + 8);
                at := at + 9;
                IF part < 128 THEN
                    weights[n] := part;
                ELSE
                    number := part & 127;
                    shift := 7;
                    LOOP
                        -- The centroids that follow take 9 bytes at least.
                        IF at + 9 * (first + entries - 1 - n) >= size OR shift > 49 THEN
                            RAISE EXCEPTION USING ERRCODE = 'data_corrupted',
                                MESSAGE = format('not a digest: %s bytes do not hold %s centroids', size, entries);
                        END IF;
                        part := get_byte(digest, at);
                        at := at + 1;
                        number := number | ((part & 127)::bigint << shift);
                        EXIT WHEN part < 128;
                        shift := shift + 7;
                    END LOOP;
                    weights[n] := number;
                END IF;
            END LOOP;
        ELSE
            counted := CASE WHEN at < size THEN get_byte(digest, at) <> 0 ELSE false END;
            at := at + 1;
            value := 0;
            FOR n IN first..first + entries - 1 LOOP
                -- The difference to the value before.
                part := CASE WHEN at < size THEN get_byte(digest, at) ELSE 256 END;
                at := at + 1;
                IF part < 128 THEN
                    value := value + part;
                ELSE
                    shift := 7;
                    number := part & 127;
                    WHILE part >= 128 LOOP
                        IF at >= size OR shift > 28 THEN
                            RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a digest: %s bytes do not hold %s values', size, entries);
                        END IF;
                        part := get_byte(digest, at);
                        at := at + 1;
                        number := number | ((part & 127)::bigint << shift);
                        shift := shift + 7;
                    END LOOP;
                    value := value + number;
                END IF;
                IF bits >= 31 OR value >> bits = 0 THEN
                    means[n] := float8send(value);
                ELSE
                    -- A rounded value stands for those that have its upper bits: for the middle of them.
                    means[n] := float8send(value + ((1::bigint << (length(ltrim(value::bit(32)::text, '0')) - bits)) - 1) / 2.0::double precision);
                END IF;
                IF NOT counted THEN
                    weights[n] := -1;
                    CONTINUE;
                END IF;
                number := 0;
                shift := 0;
                LOOP
                    part := CASE WHEN at < size AND shift <= 28 THEN get_byte(digest, at) END;
                    IF part IS NULL THEN
                        RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a digest: %s bytes do not hold %s values', size, entries);
                    END IF;
                    at := at + 1;
                    number := number | ((part & 127)::bigint << shift);
                    EXIT WHEN part < 128;
                    shift := shift + 7;
                END LOOP;
                weights[n] := -number;
                total := total + number;
            END LOOP;
            IF NOT counted THEN
                total := total + entries;
            END IF;
        END IF;
        IF at <> size THEN
            RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a digest: %s bytes, expected %s', size, at);
        END IF;
        first := first + entries;
    END LOOP;
END
$$;

-- Arithmetic on whole numbers below 2^53 and powers of two, which double precision does exactly.
CREATE FUNCTION promptmon.digest_mean(mean bytea) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    content  CONSTANT bigint := ('x' || encode(mean, 'hex'))::bit(64)::bigint;
    exponent CONSTANT int := (content >> 52)::int;
BEGIN
    IF content = 0 THEN
        RETURN 0;
    END IF;
    IF exponent NOT BETWEEN 523 AND 1523 THEN
        RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a digest: the mean of a centroid is %s', mean);
    END IF;
    RETURN ((content & 4503599627370495) + 4503599627370496)::double precision * power(2::double precision, exponent - 1075);
END
$$;

-- The entries in ascending order: indexes of means and weights, and of each how many values there are up to its end.
CREATE FUNCTION promptmon.digest_ranks(digests bytea[], OUT means bytea[], OUT weights bigint[], OUT total bigint,
    OUT ascending int[], OUT counts double precision[])
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    least bigint;
BEGIN
    SELECT e.means, e.weights, e.total INTO means, weights, total FROM promptmon.digest_entries(digests) AS e;
    SELECT array_agg(n), array_agg(up_to), min(abs(weight)) INTO ascending, counts, least
    FROM (
        SELECT n::int, weight, sum(abs(weight)::double precision) OVER (ORDER BY mean, n ROWS UNBOUNDED PRECEDING) AS up_to
        FROM unnest(means, weights) WITH ORDINALITY AS entry (mean, weight, n)
    ) AS entry;
    IF total <> coalesce(counts[cardinality(counts)], 0) OR least = 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'data_corrupted',
            MESSAGE = format('not a digest: its entries hold %s values, the smallest of them %s, expected %s', coalesce(counts[cardinality(counts)], 0), coalesce(least, 0), total);
    END IF;
END
$$;

-- The same as io.promptmonitor.common.sketch.CentroidQuantiles, operation by operation: a centroid stands at the middle of the ranks that it
-- covers, a value at each of its ranks; between two of them is interpolated.
CREATE FUNCTION promptmon.digest_percentiles(p double precision[], digests bytea[]) RETURNS double precision[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    r        record;
    found    double precision[] := '{}';
    share    double precision;
    wanted   double precision;
    low      int;
    high     int;
    middle   int;
    weight   bigint;
    rank     double precision;
    previous_rank double precision;
    mean     double precision;
    previous_mean double precision;
BEGIN
    FOREACH share IN ARRAY p LOOP
        IF share NOT BETWEEN 0 AND 1 THEN
            RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('a percentile lies between 0 and 1, not %s', share);
        END IF;
    END LOOP;
    r := promptmon.digest_ranks(digests);
    IF r.total = 0 THEN
        RETURN array_fill(NULL::double precision, ARRAY[cardinality(p)]);
    END IF;
    FOREACH share IN ARRAY p LOOP
        wanted := share * (r.total - 1);
        -- The first entry that reaches up to the rank.
        low := 1;
        high := cardinality(r.counts);
        WHILE low < high LOOP
            middle := (low + high) / 2;
            IF r.counts[middle] - 1 >= wanted THEN
                high := middle;
            ELSE
                low := middle + 1;
            END IF;
        END LOOP;
        weight := r.weights[r.ascending[low]];
        IF weight > 0 AND low < cardinality(r.counts) AND r.counts[low] - weight + (weight - 1) / 2.0::double precision < wanted THEN
            low := low + 1;
            weight := r.weights[r.ascending[low]];
        END IF;
        rank := r.counts[low] - abs(weight) + CASE WHEN weight < 0 THEN 0 ELSE (weight - 1) / 2.0::double precision END;
        mean := promptmon.digest_mean(r.means[r.ascending[low]]);
        IF low > 1 AND rank > wanted THEN
            weight := r.weights[r.ascending[low - 1]];
            previous_rank := CASE WHEN weight < 0 THEN r.counts[low - 1] - 1
                ELSE r.counts[low - 1] - weight + (weight - 1) / 2.0::double precision END;
            previous_mean := promptmon.digest_mean(r.means[r.ascending[low - 1]]);
            mean := previous_mean + (wanted - previous_rank) / (rank - previous_rank) * (mean - previous_mean);
        END IF;
        found := found || mean;
    END LOOP;
    RETURN found;
END
$$;

-- How many of the values are above a threshold, as a share; the inverse of digest_percentiles.
CREATE FUNCTION promptmon.digest_share_above(threshold double precision, digests bytea[]) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    r         record;
    bound     bytea;
    low       int := 0;
    high      int;
    middle    int;
    weight    bigint;
    last_rank double precision;
    next_rank double precision;
    mean      double precision;
    next_mean double precision;
BEGIN
    r := promptmon.digest_ranks(digests);
    IF r.total = 0 THEN
        RETURN NULL;
    ELSIF threshold < 0 THEN
        RETURN 1;
    END IF;
    bound := float8send(threshold + 0.0::double precision);
    -- How many entries are not above the threshold.
    high := cardinality(r.counts);
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF r.means[r.ascending[middle]] <= bound THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    IF low = 0 THEN
        RETURN 1;
    ELSIF low = cardinality(r.counts) THEN
        RETURN 0;
    END IF;
    weight := r.weights[r.ascending[low]];
    last_rank := CASE WHEN weight < 0 THEN r.counts[low] - 1 ELSE r.counts[low] - weight + (weight - 1) / 2.0::double precision END;
    weight := r.weights[r.ascending[low + 1]];
    next_rank := CASE WHEN weight < 0 THEN r.counts[low] ELSE r.counts[low] + (weight - 1) / 2.0::double precision END;
    IF next_rank - last_rank <= 1 THEN
        RETURN (r.total - r.counts[low]) / r.total;
    END IF;
    mean := promptmon.digest_mean(r.means[r.ascending[low]]);
    next_mean := promptmon.digest_mean(r.means[r.ascending[low + 1]]);
    RETURN (r.total - 1 - floor(last_rank + (threshold - mean) / (next_mean - mean) * (next_rank - last_rank))) / r.total;
END
$$;

CREATE FUNCTION promptmon.digest_count(digest bytea) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (promptmon.digest_entries(ARRAY[digest])).total;


-- The aggregates. PostgreSQL appends to an array in place, so that their time is proportional to the number of rows; but only for aggregates
-- of one argument. The state of the others is bytes that are copied for each row: what is asked for, then the length and the bytes of each digest.

CREATE FUNCTION promptmon.digest_collect(state bytea, asked double precision, digest bytea) RETURNS bytea
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    IF NOT (asked = 0 OR abs(asked) BETWEEN 1e-100 AND 1e100) THEN
        RAISE EXCEPTION USING ERRCODE = 'numeric_value_out_of_range', MESSAGE = format('it is asked for %s, expected a finite number', asked);
    ELSIF length(state) = 0 THEN
        RETURN float8send(asked) || int4send(length(digest)) || digest;
    ELSIF substr(state, 1, 8) <> float8send(asked) THEN
        RAISE EXCEPTION USING ERRCODE = 'invalid_parameter_value', MESSAGE = format('it is asked for %s and for something else: group by it', asked);
    END IF;
    RETURN state || (int4send(length(digest)) || digest);
END
$$;

CREATE FUNCTION promptmon.digest_combine(state bytea, other bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN length(state) = 0 OR length(other) = 0 THEN state || other ELSE state || substr(other, 9) END;

CREATE FUNCTION promptmon.digest_collected(state bytea, OUT asked double precision, OUT digests bytea[])
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    at     int := 8;
    size   int;
BEGIN
    digests := '{}';
    IF length(state) > 0 THEN
        asked := promptmon.digest_mean(set_byte(state, 0, get_byte(state, 0) & 127)) * CASE WHEN get_byte(state, 0) > 127 THEN -1 ELSE 1 END;
    END IF;
    WHILE at < length(state) LOOP
        size := ('x' || encode(substr(state, at + 1, 4), 'hex'))::bit(32)::int;
        digests := array_append(digests, substr(state, at + 5, size));
        at := at + 4 + size;
    END LOOP;
END
$$;

CREATE FUNCTION promptmon.digest_collected_percentile(state bytea) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT (promptmon.digest_percentiles(ARRAY[asked], digests))[1] FROM promptmon.digest_collected(state));

CREATE FUNCTION promptmon.digest_collected_share_above(state bytea) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (SELECT promptmon.digest_share_above(asked, digests) FROM promptmon.digest_collected(state));

CREATE FUNCTION promptmon.digest_p50(digests bytea[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (promptmon.digest_percentiles(ARRAY[0.5], digests))[1];

CREATE FUNCTION promptmon.digest_p95(digests bytea[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (promptmon.digest_percentiles(ARRAY[0.95], digests))[1];

CREATE FUNCTION promptmon.digest_p99(digests bytea[]) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (promptmon.digest_percentiles(ARRAY[0.99], digests))[1];

CREATE AGGREGATE promptmon.latency_percentile(p double precision, digest bytea) (
    SFUNC = promptmon.digest_collect, STYPE = bytea, INITCOND = '', COMBINEFUNC = promptmon.digest_combine,
    FINALFUNC = promptmon.digest_collected_percentile, PARALLEL = SAFE);
CREATE AGGREGATE promptmon.tokens_percentile(p double precision, digest bytea) (
    SFUNC = promptmon.digest_collect, STYPE = bytea, INITCOND = '', COMBINEFUNC = promptmon.digest_combine,
    FINALFUNC = promptmon.digest_collected_percentile, PARALLEL = SAFE);
CREATE AGGREGATE promptmon.latency_share_above(threshold double precision, digest bytea) (
    SFUNC = promptmon.digest_collect, STYPE = bytea, INITCOND = '', COMBINEFUNC = promptmon.digest_combine,
    FINALFUNC = promptmon.digest_collected_share_above, PARALLEL = SAFE);
CREATE AGGREGATE promptmon.tokens_share_above(threshold double precision, digest bytea) (
    SFUNC = promptmon.digest_collect, STYPE = bytea, INITCOND = '', COMBINEFUNC = promptmon.digest_combine,
    FINALFUNC = promptmon.digest_collected_share_above, PARALLEL = SAFE);
CREATE AGGREGATE promptmon.latency_p50(digest bytea) (
    SFUNC = array_append, STYPE = bytea[], INITCOND = '{}', COMBINEFUNC = array_cat, FINALFUNC = promptmon.digest_p50, PARALLEL = SAFE);
CREATE AGGREGATE promptmon.latency_p95(digest bytea) (
    SFUNC = array_append, STYPE = bytea[], INITCOND = '{}', COMBINEFUNC = array_cat, FINALFUNC = promptmon.digest_p95, PARALLEL = SAFE);
CREATE AGGREGATE promptmon.latency_p99(digest bytea) (
    SFUNC = array_append, STYPE = bytea[], INITCOND = '{}', COMBINEFUNC = array_cat, FINALFUNC = promptmon.digest_p99, PARALLEL = SAFE);


COMMENT ON FUNCTION promptmon.latency_percentile(double precision, bytea) IS 'Aggregate: a percentile of the latencies of all rows, in milliseconds; latency_percentile(0.95, latency_digest). Over any span and grouping; exact while every digest is. The time rises with the square of the number of rows in a group: beyond a thousand use latency_p95, or digest_percentiles(ARRAY[0.95], array_agg(latency_digest)). NULL if there is no digest.';
COMMENT ON FUNCTION promptmon.tokens_percentile(double precision, bytea) IS 'Aggregate: a percentile of the tokens of an execution over all rows; tokens_percentile(0.95, tokens_digest). Otherwise as latency_percentile.';
COMMENT ON FUNCTION promptmon.latency_share_above(double precision, bytea) IS 'Aggregate: which share of all executions took longer than so many milliseconds, 0 to 1; latency_share_above(1000, latency_digest). Otherwise as latency_percentile.';
COMMENT ON FUNCTION promptmon.tokens_share_above(double precision, bytea) IS 'Aggregate: which share of all executions took more than so many tokens, 0 to 1; tokens_share_above(4000, tokens_digest). Otherwise as latency_percentile.';
COMMENT ON FUNCTION promptmon.latency_p50(bytea) IS 'Aggregate: the median latency of all rows in milliseconds; latency_p50(latency_digest). The time is proportional to the number of rows. NULL if there is no digest.';
COMMENT ON FUNCTION promptmon.latency_p95(bytea) IS 'Aggregate: the 95th percentile of the latencies of all rows in milliseconds; latency_p95(latency_digest). The time is proportional to the number of rows. NULL if there is no digest.';
COMMENT ON FUNCTION promptmon.latency_p99(bytea) IS 'Aggregate: the 99th percentile of the latencies of all rows in milliseconds; latency_p99(latency_digest). The time is proportional to the number of rows. NULL if there is no digest.';
COMMENT ON FUNCTION promptmon.digest_percentiles(double precision[], bytea[]) IS 'Several percentiles of several digests together, at the price of one; digest_percentiles(ARRAY[0.5, 0.95], array_agg(tokens_digest)). NULLs if there is no digest.';
COMMENT ON FUNCTION promptmon.digest_share_above(double precision, bytea[]) IS 'Which share of the values in several digests is above a threshold, 0 to 1. NULL if there is no digest.';
COMMENT ON FUNCTION promptmon.digest_count(bytea) IS 'How many values a digest holds.';
COMMENT ON FUNCTION promptmon.digest_entries(bytea[]) IS 'Part of the others: the values and centroids of digests.';
COMMENT ON FUNCTION promptmon.digest_ranks(bytea[]) IS 'Part of the others: the values and centroids of digests in ascending order.';
COMMENT ON FUNCTION promptmon.digest_mean(bytea) IS 'Part of the others: a number from its eight bytes.';
COMMENT ON FUNCTION promptmon.digest_collect(bytea, double precision, bytea) IS 'Part of the aggregates: adds a digest.';
COMMENT ON FUNCTION promptmon.digest_combine(bytea, bytea) IS 'Part of the aggregates: joins what two processes found.';
COMMENT ON FUNCTION promptmon.digest_collected(bytea) IS 'Part of the aggregates: what is asked for, and the digests.';
COMMENT ON FUNCTION promptmon.digest_collected_percentile(bytea) IS 'Part of the aggregates: the percentile.';
COMMENT ON FUNCTION promptmon.digest_collected_share_above(bytea) IS 'Part of the aggregates: the share.';
COMMENT ON FUNCTION promptmon.digest_p50(bytea[]) IS 'Part of the aggregates: the median.';
COMMENT ON FUNCTION promptmon.digest_p95(bytea[]) IS 'Part of the aggregates: the 95th percentile.';
COMMENT ON FUNCTION promptmon.digest_p99(bytea[]) IS 'Part of the aggregates: the 99th percentile.';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA promptmon FROM PUBLIC;
-- What the functions call in turn, their callers must be allowed to call: it is arithmetic on what they pass.
GRANT EXECUTE ON FUNCTION
    promptmon.latency_percentile(double precision, bytea), promptmon.tokens_percentile(double precision, bytea),
    promptmon.latency_share_above(double precision, bytea), promptmon.tokens_share_above(double precision, bytea),
    promptmon.latency_p50(bytea), promptmon.latency_p95(bytea), promptmon.latency_p99(bytea),
    promptmon.digest_percentiles(double precision[], bytea[]), promptmon.digest_share_above(double precision, bytea[]), promptmon.digest_count(bytea),
    promptmon.digest_entries(bytea[]), promptmon.digest_ranks(bytea[]), promptmon.digest_mean(bytea), promptmon.digest_collected(bytea)
    TO promptmon_operator, promptmon_analyst, promptmon_investigator;
