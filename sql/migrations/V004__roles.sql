-- Who may do what. The roles cannot log in: grant them to users (GRANT promptmon_operator TO alice).
-- Nobody may write to the registry's tables: it is changed by its functions, which run with the rights of the schema's owner.
-- docs/tables.md has the table of who may read what.

-- Roles belong to the server, not to the database: another database, or an administrator, may have created them. Always in this
-- order, so that databases that are migrated at the same time do not wait for each other in a circle.
DO $$
DECLARE
    roles CONSTANT text[] := ARRAY['promptmon_job', 'promptmon_operator', 'promptmon_analyst', 'promptmon_investigator', 'promptmon_runtime'];
    role text;
BEGIN
    FOREACH role IN ARRAY roles LOOP
        CONTINUE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = role);
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', role);
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- Another database was faster.
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION USING ERRCODE = 'insufficient_privilege', MESSAGE = format(
                    'the role %s is missing and %s may not create it; have an administrator run: %s', role, current_user,
                    (SELECT string_agg(format('CREATE ROLE %I', name), '; ' ORDER BY n) FROM unnest(roles) WITH ORDINALITY AS r (name, n)
                     WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)));
        END;
    END LOOP;
END
$$;

REVOKE ALL ON SCHEMA promptmon FROM PUBLIC;
GRANT USAGE ON SCHEMA promptmon TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator, promptmon_runtime;

-- PostgreSQL lets everybody execute a new function unless that is revoked; each migration that adds one has to.
REVOKE ALL ON ALL TABLES IN SCHEMA promptmon FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA promptmon FROM PUBLIC;

-- The streaming job writes what it finds out, and follows the registry.
GRANT SELECT, INSERT, UPDATE ON promptmon.window_metrics, promptmon.dead_letter TO promptmon_job;
GRANT SELECT ON promptmon.prompt, promptmon.registered_version, promptmon.registry_event, promptmon.active_period TO promptmon_job;

-- Operators change the registry and see prompts.
GRANT SELECT ON promptmon.window_metrics TO promptmon_operator;
GRANT SELECT ON promptmon.prompt, promptmon.prompt_version, promptmon.registered_version, promptmon.registry_event,
    promptmon.active_prompt, promptmon.active_period TO promptmon_operator;
GRANT EXECUTE ON FUNCTION
    promptmon.registry_register(text, json, text),
    promptmon.registry_stage(text, text, text),
    promptmon.registry_deploy(text, text, text),
    promptmon.registry_rollback(text, text, text, text),
    promptmon.registry_deprecate(text, text, text) TO promptmon_operator;

-- Analysts see aggregates and everything about versions except the prompts' texts, which may be confidential and tell nothing about metrics.
GRANT SELECT ON promptmon.window_metrics, promptmon.prompt, promptmon.registered_version, promptmon.registry_event,
    promptmon.active_period TO promptmon_analyst, promptmon_investigator;

-- Investigators see single records, too: here those that were not counted.
GRANT SELECT ON promptmon.dead_letter TO promptmon_investigator;

-- Runtimes see what they serve, and whether a prompt exists.
GRANT SELECT ON promptmon.active_prompt TO promptmon_runtime;
GRANT SELECT (prompt_id) ON promptmon.prompt TO promptmon_runtime;

GRANT EXECUTE ON FUNCTION promptmon.active_version_at(text, timestamptz)
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator;
GRANT EXECUTE ON FUNCTION promptmon.sha256_hex(text)
    TO promptmon_job, promptmon_operator, promptmon_analyst, promptmon_investigator, promptmon_runtime;
