# shellcheck shell=bash
# What up, down, status and flink have in common. Sourced, not run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
me=deploy/local-cluster/$(basename "$0")
say() { printf '%s\n' "$*" >&2; }
fail() {
  say "$me: $*"
  exit 1
}
misused() {
  say "$me: $* (--help says how it is used)"
  exit 2
}

# Where the cluster's files are; the user may say so with --dir or PROMPTMON_CLUSTER_DIR.
use_directory() {
  dir=${1:-${PROMPTMON_CLUSTER_DIR:-.promptmon/cluster}}
  [[ $dir == /* ]] || dir=$PWD/$dir
  [[ $dir != *[[:space:]]* ]] || misused "the directory's name must not contain spaces: $dir"
  settings=$dir/settings
  logs=$dir/logs
  pids=$dir/pids
  conf=$dir/flink/conf
}

# Ports by what listens there, all from one base, and the addresses that are made of them.
use_ports() {
  base_port=$1
  rest_port=$base_port
  rpc_port=$((base_port + 1))
  kafka_port=$((base_port + 2))
  controller_port=$((base_port + 3))
  postgres_port=$((base_port + 4))
  prometheus_port=$((base_port + 5))
  metrics_port=$((base_port + 10)) # the JobManager's; those of TaskManagers follow
  kafka=127.0.0.1:$kafka_port
}

# The settings that `up` has written; fails where there never was a cluster.
read_settings() {
  [[ -r $settings ]] || fail "there is no cluster in $dir; deploy/local-cluster/up starts one"
  local key value
  while IFS='=' read -r key value; do
    case $key in
      base_port) use_ports "$value" ;;
      taskmanagers) taskmanagers=$value ;;
      database) database=$value ;; # embedded, or external
    esac
  done <"$settings"
}

find_java() {
  if [[ -n ${JAVA_HOME:-} && -x $JAVA_HOME/bin/java ]]; then
    java=$JAVA_HOME/bin/java
  else
    java=$(command -v java) || fail "Java 17 or newer is needed, and there is no java on the PATH"
  fi
}

# Options of all Java processes: what Flink's settings say, and what the user adds.
java_options() {
  local all extra
  all=$(sed -n 's/^env.java.opts.all: //p' "$root/deploy/flink/config.yaml")
  extra=${PROMPTMON_CLUSTER_JAVA_OPTS:-}
  read -r -a java_opts <<<"$all $extra"
  java_opts+=("-Dpromptmon.cluster=$dir")
}

# The process id of a part that runs; nothing and false if it does not. A number that another program has by now does not count.
pid_of() {
  local file=$pids/$1.pid pid command
  if [[ $1 == postgres ]]; then file=$dir/database/postgres/postmaster.pid; fi
  [[ -r $file ]] || return 1
  read -r pid <"$file" || return 1
  kill -0 "$pid" 2>/dev/null || return 1
  if [[ $1 != postgres ]]; then
    if [[ -r /proc/$pid/cmdline ]]; then
      command=$(tr '\0' ' ' <"/proc/$pid/cmdline") || return 1
    else
      command=$(ps -o args= -p "$pid") || return 1
    fi
    [[ $command == *"$dir"* ]] || return 1
  fi
  printf '%s' "$pid"
}

is_running() { pid_of "$1" >/dev/null; }

is_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

rest() { curl -fsS --max-time 10 "http://127.0.0.1:$rest_port$1" 2>/dev/null; }

# The id of the monitoring job and its state, as "0123… RUNNING": of the one that has not ended.
job() {
  rest /jobs/overview | tr '{' '\n' \
    | sed -n 's/.*"jid":"\([0-9a-f]*\)".*"name":"prompt-monitor".*"state":"\([A-Z]*\)".*/\1 \2/p' \
    | grep -Ev ' (FINISHED|CANCELED|FAILED)$' | head -n 1
}

# How many of the monitoring job's tasks run, and how many there are, as "31/31".
tasks() {
  local counts
  counts=$(rest "/jobs/$1" | tr -d '\n' | sed -n 's/.*"status-counts":{\([^}]*\)}.*/\1/p')
  awk -F'[:,]' '{ for (i = 1; i < NF; i += 2) { all += $(i + 1); if ($i == "\"RUNNING\"") running = $(i + 1) } }
    END { printf "%d/%d", running, all }' <<<"$counts"
}

# One number of an answer of Flink: number NAME < answer
number() { sed -n 's/.*"'"$1"'":\([0-9][0-9]*\).*/\1/p' | head -n 1; }

# What the parts are called, in the order in which they start.
parts() {
  [[ $database == embedded ]] && echo postgres
  echo kafka
  echo jobmanager
  local i
  for ((i = 1; i <= taskmanagers; i++)); do echo "taskmanager-$i"; done
  [[ -d $dir/prometheus ]] && echo prometheus
  return 0
}

log_of() {
  if [[ $1 == postgres ]]; then printf '%s' "$dir/database/postgres.log"; else printf '%s' "$logs/$1.log"; fi
}

# The variables of the database for Flink's processes and commands.
export_database() {
  # shellcheck source=/dev/null
  source "$dir/env"
}

flink_cli() {
  export FLINK_CONF_DIR=$conf
  "$java" "${java_opts[@]}" -Xmx512m -Dlog4j.configurationFile="$root/deploy/flink/log4j-cli.properties" \
    -cp "$here/target/flink/*" org.apache.flink.client.cli.CliFrontend "$@"
}
