#!/bin/bash
# The specification's hook, rebuilt from its description, as lean as bash
# allows: one jq extracts every field and builds both the record and the Loki
# push, one curl sends the push from the background. What it would need a
# further process for, the size of the file, it leaves at 0.
#
# usage: spec-one-jq.sh LOG <payload      environment: LOKI_URL
root=${CLAUDE_PROJECT_DIR:-${BASH_SOURCE[0]%/config/claude/hooks/*}}
log=${1:-$root/data/logs/claude-telemetry.jsonl}

[[ ${root##*/} == *agent-telemetry* && -e $root/config/.telemetry-enabled ]] || exit 0

printf -v now '%(%Y-%m-%dT%H:%M:%S%z)T' -1
now=${now:0:-2}:${now: -2}

# shellcheck disable=SC2016 # the dollars are jq's
{ IFS= read -r record && IFS= read -r push; } < <(jq -c \
	--arg now "$now" --arg nanos "${EPOCHREALTIME/./}000" \
	--arg root "$root" --arg project "${root##*/}" --arg user "$USER" '
	. as $raw
	| (.tool_name // "unknown") as $tool
	| ({Read: "file_read", Write: "file_write", Edit: "file_edit", MultiEdit: "file_edit",
	    Bash: "command_execution", Grep: "code_search"}[$tool] // "tool_usage") as $event
	| (.tool_input.file_path // "") as $path
	| ($path != "" and ($path | startswith($root + "/") | not)) as $outside
	| {timestamp: $now, level: (if $outside then "WARN" else "INFO" end),
	   event_type: $event, hook_event: (.hook_event_name // ""), session_id: (.session_id // ""),
	   project_path: $root, project_name: $project, tool_name: $tool, telemetry_enabled: true,
	   action_details: {file_path: $path, size_bytes: 0, outside_project_scope: $outside,
	     command: (.tool_input.command // ""), search_pattern: (.tool_input.pattern // ""),
	     search_path: (.tool_input.path // "")},
	   metadata: {claude_version: "4.0", telemetry_version: "1.0.0", user_id: $user, scope: "project"},
	   raw_input: $raw},
	  {streams: [{
	     stream: {service: "claude-telemetry", project: $project, tool: $tool, event: $event,
	       session: (.session_id // ""), scope: "project"},
	     values: [[$nanos, "tool:\($tool) event:\($event) session:\((.session_id // "")[:8])"]]}]}')

[[ -n $record ]] || exit 0
printf '%s\n' "$record" >>"$log"
curl -s -m 2 -H 'Content-Type: application/json' --data-binary "$push" "$LOKI_URL" >/dev/null 2>&1 &
exit 0
