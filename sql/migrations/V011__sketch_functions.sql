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


-- Distinct users: the union of io.promptmonitor.common.sketch.DistinctSketch. A sketch lists up to 64 hashes (form 0), or it is a compact HLL_8
-- sketch of Apache DataSketches with 4,096 registers (form 1), which lists up to 384 coupons before it has registers. A coupon is a hash
-- of the hash: 26 bits, of which the lower 12 choose the register, and the register's value above them.

-- A number modulo 2^64, as Java's long does; bigint would overflow.
CREATE FUNCTION promptmon.sketch_wrapped(number numeric) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (mod(number + 340282366920938463472597979468622987264, 18446744073709551616) - 9223372036854775808)::bigint;

-- MurmurHash3 (128 bits, x64) of eight bytes, with the seed of DataSketches. 2147483647 cuts off the signs that >> draws in.
CREATE FUNCTION promptmon.sketch_coupon(hash bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    low  bigint := promptmon.sketch_wrapped(hash * 9782798678568883157.0);
    high bigint := 9001 # 8;
BEGIN
    low := promptmon.sketch_wrapped(((low << 31) | ((low >> 33) & 2147483647)) * 5545529020109919103.0) # 9001 # 8;
    low := promptmon.sketch_wrapped(low::numeric + high);
    high := promptmon.sketch_wrapped(high::numeric + low);
    low := promptmon.sketch_wrapped((low # ((low >> 33) & 2147483647)) * 18397679294719823053.0);
    low := promptmon.sketch_wrapped((low # ((low >> 33) & 2147483647)) * 14181476777654086739.0);
    low := low # ((low >> 33) & 2147483647);
    high := promptmon.sketch_wrapped((high # ((high >> 33) & 2147483647)) * 18397679294719823053.0);
    high := promptmon.sketch_wrapped((high # ((high >> 33) & 2147483647)) * 14181476777654086739.0);
    high := high # ((high >> 33) & 2147483647);
    low := promptmon.sketch_wrapped(low::numeric + high);
    high := promptmon.sketch_wrapped(high::numeric + low);
    RETURN (low & 67108863) | ((least(62, 64 - length(ltrim(high::bit(64)::text, '0'))) + 1)::bigint << 26);
END
$$;

-- The composite estimate of DataSketches (HllEstimators): the raw estimate of Flajolet et al. 2007, its bias taken out by cubic interpolation
-- in a table, and below 0.64 of the number of registers how many of them are hit. zeros: how many registers are 0; powers: the sum of 2^-value
-- over all registers.
CREATE FUNCTION promptmon.sketch_estimate(zeros int, powers double precision) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    -- Raw estimates, of 160 distinct values each more than the one before: CompositeInterpolationXTable of DataSketches, of 4,096 registers.
    raws CONSTANT double precision[] := '{
        2953.666722, 3031.310137, 3110.389526, 3190.908699, 3272.86541, 3356.267166, 3441.114376, 3527.404284, 3615.136846, 3704.310976, 3794.924283, 3886.973846,
        3980.451903, 4075.355844, 4171.681168, 4269.423939, 4368.569738, 4469.11176, 4571.043603, 4674.35637, 4779.038117, 4885.076002, 4992.460659, 5101.176875,
        5211.214098, 5322.553631, 5435.184633, 5549.088369, 5664.258175, 5780.673987, 5898.312682, 6017.158593, 6137.195815, 6258.397951, 6380.761679, 6504.26163,
        6628.870413, 6754.585867, 6881.374325, 7009.206926, 7138.080376, 7267.979175, 7398.866805, 7530.722851, 7663.53158, 7797.269872, 7931.90734, 8067.451667,
        8203.855692, 8341.091306, 8479.155031, 8618.026003, 8757.682272, 8898.095612, 9039.253787, 9181.124777, 9323.694329, 9466.944202, 9610.861899, 9755.403639,
        9900.578346, 10046.356477, 10192.71877, 10339.635914, 10487.081762, 10635.066232, 10783.56013, 10932.549371, 11082.024055, 11231.949071, 11382.332885, 11533.122831,
        11684.327555, 11835.935533, 11987.926999, 12140.281619, 12292.994375, 12446.046449, 12599.411083, 12753.088314, 12907.079745, 13061.355923, 13215.895621, 13370.722085,
        13525.795736, 13681.095971, 13836.645692, 13992.405906, 14148.380716, 14304.56686, 14460.959382, 14617.539754, 14774.296125, 14931.214508, 15088.271748, 15245.49387,
        15402.867309, 15560.380994, 15718.035423, 15875.801492, 16033.687891, 16191.701231, 16349.808763, 16508.026001, 16666.336068, 16824.745049, 16983.259302, 17141.848044,
        17300.504517, 17459.240272, 17618.060296, 17776.914688, 17935.84801, 18094.852645, 18253.914288, 18413.023567, 18572.168358, 18731.376016, 18890.631505, 19049.948196,
        19209.27926, 19368.638871, 19528.04386, 19687.498901, 19846.941765, 20006.443084, 20165.973535, 20325.525957, 20485.10952, 20644.729917, 20804.363876, 20964.021778,
        21123.698687, 21283.379344, 21443.080536, 21602.821439, 21762.568135, 21922.305338, 22082.065878, 22241.856145, 22401.629436, 22561.435266, 22721.262644, 22881.080478,
        23040.916036, 23200.734053, 23360.583255, 23520.433188, 23680.275065, 23840.132678, 24000.012847, 24159.886135, 24319.788338, 24479.654024, 24639.540316, 24799.466449,
        24959.369335, 25119.276072, 25279.186502, 25439.091982, 25599.020083, 25758.930671, 25918.847522, 26078.77306, 26238.704021, 26398.647566, 26558.603366, 26718.539855,
        26878.464425, 27038.402892, 27198.344989, 27358.270906, 27518.203448, 27678.169545, 27838.133625, 27998.11163, 28158.064264, 28318.032491, 28477.994153, 28637.950838,
        28797.910362, 28957.884994, 29117.86191, 29277.814384, 29437.774223, 29597.762256, 29757.729819, 29917.688497, 30077.675371, 30237.667941, 30397.639431, 30557.644527,
        30717.622991, 30877.622641, 31037.598941, 31197.601527, 31357.599118, 31517.585221, 31677.569983, 31837.556138, 31997.52788, 32157.500622, 32317.491709, 32477.504936,
        32637.501123, 32797.51633, 32957.547336, 33117.541765, 33277.561207, 33437.554332, 33597.564988, 33757.565321, 33917.56118, 34077.580598, 34237.597132, 34397.598246,
        34557.617536, 34717.623318, 34877.649722, 35037.645029, 35197.681143, 35357.700478, 35517.701804, 35677.734383, 35837.736494, 35997.737103, 36157.732045, 36317.741539,
        36477.735602, 36637.761491, 36797.742508, 36957.734137, 37117.742952, 37277.789218, 37437.793798, 37597.779066, 37757.796449, 37917.794116, 38077.804399, 38237.797507,
        38397.788049, 38557.768583, 38717.768279, 38877.752553, 39037.747349, 39197.737646, 39357.774395, 39517.752643, 39677.753347, 39837.740038, 39997.719486, 40157.709578,
        40317.708657, 40477.719261, 40637.726978, 40797.711139, 40957.707784}';
    last  CONSTANT int := cardinality(raws);
    raw   CONSTANT double precision := 0.7213::double precision / (1 + 1.079::double precision / 4096) * 4096 * 4096 / powers;
    at    int := width_bucket(raw, raws);
    x     double precision[];
    y     double precision[];
    found double precision := 0;
    part  double precision;
    hits  double precision;
BEGIN
    IF at = 0 THEN
        RETURN 0;
    ELSIF at >= last THEN
        RETURN raw * (160::double precision * (last - 1) / raws[last]);
    END IF;
    at := least(greatest(at - 1, 1), last - 3);
    x := raws[at:at + 3];
    FOR n IN 1..4 LOOP
        part := 160::double precision * (at + n - 2);
        y[n] := 1;
        FOR other IN 1..4 LOOP
            IF other <> n THEN
                part := part * (raw - x[other]);
                y[n] := y[n] * (x[n] - x[other]);
            END IF;
        END LOOP;
        found := found + part / y[n];
    END LOOP;
    IF found > 3 * 4096 THEN
        RETURN found;
    END IF;
    hits := CASE WHEN zeros = 0 THEN 4096 * ln(8192::double precision)
        ELSE (SELECT 4096 * sum(1::double precision / n) FROM generate_series(zeros + 1, 4096) AS n) END;
    RETURN CASE WHEN zeros < 4096 AND (found + hits) / 2 <= 0.64::double precision * 4096 THEN hits ELSE found END;
END
$$;

CREATE FUNCTION promptmon.sketch_count(sketches bytea[]) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    -- Registers are bytes with values below 64, here as bits, so that all of them are compared at once.
    values_only CONSTANT bit(32768) := ('x' || repeat('3f', 4096))::bit(32768);
    registers   bit(32768);
    others      bit(32768);
    different   bit(32768);
    greater     bit(32768);
    sketch      bytea;
    size        int;
    content     bytea;
    fault       text;
    hash_lists  bytea[] := '{}';
    coupon_lists bytea[] := '{}';
    hashes      bytea[];
    coupons     bigint[];
    register    int;
    value       int;
    letters     text;
    zeros       int;
    powers      double precision := 0;
    small_powers double precision := 0;
BEGIN
    FOREACH sketch IN ARRAY sketches LOOP
        CONTINUE WHEN sketch IS NULL;
        size := length(sketch);
        fault := NULL;
        IF size >= 2 AND get_byte(sketch, 0) = 0 THEN
            IF get_byte(sketch, 1) > 64 OR size <> 2 + 8 * get_byte(sketch, 1) THEN
                fault := format('%s bytes do not hold %s hashes', size, get_byte(sketch, 1));
            END IF;
            hash_lists := array_append(hash_lists, sketch);
        ELSIF size >= 15 AND get_byte(sketch, 0) = 1 THEN
            content := substr(sketch, 4);
            IF get_byte(sketch, 1) < 128 OR size <> 3 + (get_byte(sketch, 1) & 127) + (get_byte(sketch, 2) << 7) THEN
                fault := format('%s bytes, expected %s', size, 3 + (get_byte(sketch, 1) & 127) + (get_byte(sketch, 2) << 7));
            ELSIF substr(content, 2, 3) <> '\x01070c' OR get_byte(content, 7) NOT BETWEEN 8 AND 10 THEN
                fault := format('it starts with %s, expected an HLL_8 sketch with 4,096 registers', substr(content, 1, 8));
            ELSIF get_byte(content, 7) = 10 THEN
                IF length(content) <> 40 + 4096 THEN
                    fault := format('%s bytes do not hold 4,096 registers', size);
                ELSE
                    others := ('x' || encode(substr(content, 41), 'hex'))::bit(32768) & values_only;
                    IF registers IS NULL THEN
                        registers := others;
                    ELSE
                        -- Where they differ, ones from the highest different bit down; then those bits that are the higher ones here.
                        different := registers # others;
                        greater := different | (different >> 1 & values_only);
                        greater := greater | (greater >> 2 & values_only);
                        greater := greater | (greater >> 2 & values_only);
                        greater := (greater # (greater >> 1 & values_only)) & others;
                        greater := greater | (greater >> 1 & values_only);
                        greater := greater | (greater >> 2 & values_only);
                        greater := greater | (greater >> 2 & values_only);
                        registers := registers # (different & greater);
                    END IF;
                END IF;
            ELSIF get_byte(content, 0) NOT IN (2, 3) OR length(content) % 4 <> 0 THEN
                fault := format('%s bytes do not hold coupons', size);
            ELSE
                coupon_lists := array_append(coupon_lists, substr(content, 4 * get_byte(content, 0) + 1));
            END IF;
        ELSE
            fault := format('%s bytes%s', size, CASE WHEN size > 0 THEN format(', the first of them %s', get_byte(sketch, 0)) ELSE '' END);
        END IF;
        IF fault IS NOT NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'data_corrupted', MESSAGE = format('not a sketch: %s', fault);
        END IF;
    END LOOP;

    hashes := ARRAY(SELECT DISTINCT substr(s, 3 + 8 * n, 8) FROM unnest(hash_lists) AS s, generate_series(0, get_byte(s, 1) - 1) AS n);
    IF registers IS NULL AND cardinality(coupon_lists) = 0 AND cardinality(hashes) <= 64 THEN
        RETURN cardinality(hashes);
    END IF;
    coupons := ARRAY(
        SELECT promptmon.sketch_coupon(('x' || encode(h, 'hex'))::bit(64)::bigint) FROM unnest(hashes) AS h
        UNION
        SELECT get_byte(s, n)::bigint | (get_byte(s, n + 1)::bigint << 8) | (get_byte(s, n + 2)::bigint << 16) | (get_byte(s, n + 3)::bigint << 24)
        FROM unnest(coupon_lists) AS s, generate_series(0, length(s) - 4, 4) AS n);
    IF registers IS NULL AND cardinality(coupons) <= 384 THEN
        RETURN greatest(65, cardinality(coupons));
    END IF;

    -- As letters, from @ for 0 on: of each value there are as many as are missing without its letter.
    content := substr(bit_send(coalesce(registers, ('x' || repeat('00', 4096))::bit(32768)) | ('x' || repeat('40', 4096))::bit(32768)), 5);
    FOR register, value IN SELECT c & 4095, max(c >> 26) FROM unnest(coupons) AS c GROUP BY c & 4095 LOOP
        IF get_byte(content, register) < 64 + value THEN
            content := set_byte(content, register, 64 + value);
        END IF;
    END LOOP;
    letters := convert_from(content, 'UTF8');
    zeros := 4096 - octet_length(replace(letters, '@', ''));
    value := 0;
    -- Two sums, each of them exact, as DataSketches has them.
    WHILE letters <> '' LOOP
        size := octet_length(letters);
        letters := replace(letters, chr(64 + value), '');
        IF value < 32 THEN
            powers := powers + (size - octet_length(letters)) * power(2::double precision, -value);
        ELSE
            small_powers := small_powers + (size - octet_length(letters)) * power(2::double precision, -value);
        END IF;
        value := value + 1;
    END LOOP;
    RETURN greatest(65, floor(promptmon.sketch_estimate(zeros, powers + small_powers) + 0.5::double precision));
END
$$;

-- Of one argument, as latency_p95: the time is proportional to the number of rows.
CREATE AGGREGATE promptmon.distinct_users(sketch bytea) (
    SFUNC = array_append, STYPE = bytea[], INITCOND = '{}', COMBINEFUNC = array_cat, FINALFUNC = promptmon.sketch_count, PARALLEL = SAFE);


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
COMMENT ON FUNCTION promptmon.distinct_users(bytea) IS 'Aggregate: how many different users the executions of all rows have; distinct_users(users_sketch). Over any span and grouping: exact up to 64 users, beyond that an estimate with a relative standard error of 1.6 %. 0 without sketches.';
COMMENT ON FUNCTION promptmon.sketch_count(bytea[]) IS 'How many different users several sketches hold together: what distinct_users says of an array.';
COMMENT ON FUNCTION promptmon.sketch_wrapped(numeric) IS 'Part of distinct_users: a number modulo 2^64.';
COMMENT ON FUNCTION promptmon.sketch_coupon(bigint) IS 'Part of distinct_users: what a sketch keeps of a hash.';
COMMENT ON FUNCTION promptmon.sketch_estimate(int, double precision) IS 'Part of distinct_users: the estimate from the registers.';

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA promptmon FROM PUBLIC;
-- What the functions call in turn, their callers must be allowed to call: it is arithmetic on what they pass.
GRANT EXECUTE ON FUNCTION
    promptmon.latency_percentile(double precision, bytea), promptmon.tokens_percentile(double precision, bytea),
    promptmon.latency_share_above(double precision, bytea), promptmon.tokens_share_above(double precision, bytea),
    promptmon.latency_p50(bytea), promptmon.latency_p95(bytea), promptmon.latency_p99(bytea),
    promptmon.digest_percentiles(double precision[], bytea[]), promptmon.digest_share_above(double precision, bytea[]), promptmon.digest_count(bytea),
    promptmon.distinct_users(bytea), promptmon.sketch_count(bytea[]), promptmon.sketch_wrapped(numeric), promptmon.sketch_coupon(bigint),
    promptmon.sketch_estimate(int, double precision), promptmon.digest_entries(bytea[]), promptmon.digest_ranks(bytea[]), promptmon.digest_mean(bytea), promptmon.digest_collected(bytea)
    TO promptmon_operator, promptmon_analyst, promptmon_investigator;
