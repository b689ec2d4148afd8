#!/usr/bin/env bash
# LocalStack runs this inside its container when it is ready. Running it again changes nothing.
set -euo pipefail

for stream in "${EVENTS_INGRESS_STREAM_DEFAULT:-example-ingress-stream}" "${EVENTS_EGRESS_STREAM_DEFAULT:-example-egress-stream}"; do
  if awslocal kinesis describe-stream-summary --stream-name "$stream" >/dev/null 2>&1; then
    echo "stream $stream is there"
  else
    awslocal kinesis create-stream --stream-name "$stream" --shard-count 1
    awslocal kinesis wait stream-exists --stream-name "$stream"
    echo "stream $stream created"
  fi
done
