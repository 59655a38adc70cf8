#!/usr/bin/env bash
# Makes the database, its owner, and a login for each who uses it, with no more rights than they need. PostgreSQL's image runs it once, when the
# data directory is empty. Passwords come from the environment.
set -euo pipefail

if [[ ${1:-} == --help ]]; then
  sed -n '2,3s/^# \{0,1\}//p' "$0"
  exit 0
fi

psql -v ON_ERROR_STOP=1 --no-psqlrc --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv owner_password PROMPTMON_OWNER_PASSWORD
\getenv job_password PROMPTMON_JOB_PASSWORD
\getenv cleaner_password PROMPTMON_CLEANER_PASSWORD
\getenv operator_password PROMPTMON_OPERATOR_PASSWORD
\getenv runtime_password PROMPTMON_RUNTIME_PASSWORD
\getenv grafana_password PROMPTMON_GRAFANA_PASSWORD

-- The roles that the migrations grant rights to: the owner of the schema may not create roles.
CREATE ROLE promptmon_job NOLOGIN;
CREATE ROLE promptmon_operator NOLOGIN;
CREATE ROLE promptmon_analyst NOLOGIN;
CREATE ROLE promptmon_investigator NOLOGIN;
CREATE ROLE promptmon_runtime NOLOGIN;
CREATE ROLE promptmon_maintenance NOLOGIN;

CREATE ROLE owner LOGIN PASSWORD :'owner_password';
CREATE ROLE job LOGIN PASSWORD :'job_password' IN ROLE promptmon_job;
CREATE ROLE cleaner LOGIN PASSWORD :'cleaner_password' IN ROLE promptmon_maintenance;
CREATE ROLE operator LOGIN PASSWORD :'operator_password' IN ROLE promptmon_operator;
CREATE ROLE runtime LOGIN PASSWORD :'runtime_password' IN ROLE promptmon_runtime;
CREATE ROLE grafana LOGIN PASSWORD :'grafana_password' IN ROLE promptmon_analyst;

CREATE DATABASE promptmon OWNER owner;
REVOKE ALL ON DATABASE promptmon FROM PUBLIC;
GRANT CONNECT ON DATABASE promptmon TO job, cleaner, operator, runtime, grafana;
SQL
