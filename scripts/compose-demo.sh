#!/usr/bin/env bash
# The shopping cart on LocalStack, from an empty machine to cart-status events and back. Needs Docker with Compose.
#
#   scripts/compose-demo.sh           start, send the events, show the result, stop
#   scripts/compose-demo.sh --keep    the same, but leave everything running
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! docker compose version >/dev/null 2>&1; then
  echo "Docker with Compose is needed for this. Without it: npm start" >&2
  exit 1
fi

stop() {
  # The state goes, too: it holds positions in streams that end with LocalStack.
  docker compose --profile all down --volumes
}

if [ "${1:-}" = "--keep" ]; then
  trap 'echo "Still running. Stop it with: docker compose --profile all down --volumes"' EXIT
else
  trap stop EXIT
fi

echo "==> starting LocalStack and the shopping cart"
docker compose --profile statefun up --detach --build --wait

echo "==> sending events"
docker compose --profile send-events up --no-log-prefix send-events

echo "==> what the shopping cart answers"
docker compose --profile get-egress-events up --no-log-prefix get-egress-events
