#!/bin/bash
# The specification's hook, rebuilt from its description the way such hooks are
# usually written: a jq for each field, one to build the record, one to build
# the Loki push, and a curl that sends the push from the background.
#
# usage: spec-many-jq.sh LOG <payload     environment: LOKI_URL
root=${CLAUDE_PROJECT_DIR:-${BASH_SOURCE[0]%/config/claude/hooks/*}}
project=$(basename "$root")
log=${1:-$root/data/logs/claude-telemetry.jsonl}

[[ $project == *agent-telemetry* && -e $root/config/.telemetry-enabled ]] || exit 0

input=$(cat)
field() { jq -r "$1 // empty" <<<"$input"; }

session=$(field .session_id)
hook=$(field .hook_event_name)
tool=$(field .tool_name)
path=$(field .tool_input.file_path)
command=$(field .tool_input.command)
pattern=$(field .tool_input.pattern)
search_path=$(field .tool_input.path)

case $tool in
Read) event=file_read ;;
Write) event=file_write ;;
Edit | MultiEdit) event=file_edit ;;
Bash) event=command_execution ;;
Grep) event=code_search ;;
*) event=tool_usage ;;
esac

outside=false level=INFO size=0
if [[ -n $path && $path != "$root"/* ]]; then
	outside=true level=WARN
fi
if [[ -f $path ]]; then
	size=$(wc -c <"$path")
fi

# shellcheck disable=SC2016 # the dollars are jq's
jq -cn --arg now "$(date -Iseconds)" --arg level "$level" --arg event "$event" \
	--arg hook "$hook" --arg session "$session" --arg root "$root" --arg project "$project" \
	--arg tool "$tool" --arg path "$path" --argjson size "$size" --argjson outside "$outside" \
	--arg command "$command" --arg pattern "$pattern" --arg search_path "$search_path" \
	--arg user "$(whoami)" --argjson raw "$input" '
	{timestamp: $now, level: $level, event_type: $event, hook_event: $hook, session_id: $session,
	 project_path: $root, project_name: $project, tool_name: $tool, telemetry_enabled: true,
	 action_details: {file_path: $path, size_bytes: $size, outside_project_scope: $outside,
	   command: $command, search_pattern: $pattern, search_path: $search_path},
	 metadata: {claude_version: "4.0", telemetry_version: "1.0.0", user_id: $user, scope: "project"},
	 raw_input: $raw}' >>"$log"

# shellcheck disable=SC2016
push=$(jq -cn --arg project "$project" --arg tool "$tool" --arg event "$event" \
	--arg session "$session" --arg nanos "${EPOCHREALTIME/./}000" '
	{streams: [{
	   stream: {service: "claude-telemetry", project: $project, tool: $tool, event: $event,
	     session: $session, scope: "project"},
	   values: [[$nanos, "tool:\($tool) event:\($event) session:\($session[:8])"]]}]}')
curl -s -m 2 -H 'Content-Type: application/json' --data-binary "$push" "$LOKI_URL" >/dev/null 2>&1 &
exit 0
