-- The records that were not counted. Never their text.

CREATE TABLE promptmon.dead_letter (
    source      text        NOT NULL,
    position    bigint      NOT NULL,
    reason      text        NOT NULL,
    detail      text        NOT NULL,
    length      integer     NOT NULL,
    sha256      text,
    event_time  timestamptz,
    received_at timestamptz NOT NULL DEFAULT now(),

    -- Natural: a record that is read again is the same row again.
    CONSTRAINT dead_letter_pkey PRIMARY KEY (source, position, reason),

    CONSTRAINT position_not_negative CHECK (position >= 0),
    CONSTRAINT length_not_negative   CHECK (length >= 0),
    CONSTRAINT sha256_is_hexadecimal CHECK (sha256 ~ '^[0-9a-f]{64}$')
);

CREATE INDEX dead_letter_received_at ON promptmon.dead_letter (received_at);
CREATE INDEX dead_letter_reason_received_at ON promptmon.dead_letter (reason, received_at);

COMMENT ON TABLE promptmon.dead_letter IS 'One row per record that was not counted: where it came from and why, never its text.';
COMMENT ON COLUMN promptmon.dead_letter.source IS 'Where the record came from: topic and partition (executions-3), or the file.';
COMMENT ON COLUMN promptmon.dead_letter.position IS 'Offset in the partition, or line number in the file (from 1).';
COMMENT ON COLUMN promptmon.dead_letter.reason IS 'Why it was not counted, a stable code such as not_json, missing_field or late.';
COMMENT ON COLUMN promptmon.dead_letter.detail IS 'One line for a person: the field, what was wrong, what was expected. Never a value from the record.';
COMMENT ON COLUMN promptmon.dead_letter.length IS 'Length of the record in bytes.';
COMMENT ON COLUMN promptmon.dead_letter.sha256 IS 'SHA-256 of the bytes of the record, lower-case hexadecimal. NULL where the bytes were no longer at hand.';
COMMENT ON COLUMN promptmon.dead_letter.event_time IS 'Event time of the record. NULL where it could not be read.';
COMMENT ON COLUMN promptmon.dead_letter.received_at IS 'When the row was first written (clock of the database).';
