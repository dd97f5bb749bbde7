#!/usr/bin/env bash
# A fake agent CLI whose reply is the instant at which it began, in microseconds of the wall clock.
now=${EPOCHREALTIME/[.,]/}
if [ "$1" = --version ]; then
  echo '1.0.0 (clock)'
  exit
fi
read -r _
printf '{"type":"result","subtype":"success","is_error":false,"result":"%s","session_id":"11111111-1111-4111-8111-111111111111","total_cost_usd":0}\n' "$now"
