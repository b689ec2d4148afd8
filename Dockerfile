# The framework with its shopping cart example. Base image: docker build --build-arg NODE_IMAGE=… .
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY . .
# Nothing in the package needs an install script, and installing builds nothing.
RUN npm ci --ignore-scripts --no-audit --no-fund \
  && npm run build \
  && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE} AS runtime
ENV NODE_ENV=production
WORKDIR /app
# The code belongs to root: the process can read it and cannot change it. Only the state folder is its own.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/bin ./bin
COPY --from=build /app/dist ./dist
COPY --from=build /app/examples ./examples
COPY --from=build /app/scripts ./scripts
COPY --from=build /app/test/resources ./test/resources
RUN install --directory --owner=node --group=node /var/lib/statefun
USER node
VOLUME /var/lib/statefun
# Node is process 1: it takes SIGTERM itself and stops gracefully. There is no HEALTHCHECK: an engine that cannot go on ends, and with
# it the container.
STOPSIGNAL SIGTERM
# A young generation for engines under load: docs/operations.md.
ENTRYPOINT ["node", "--enable-source-maps", "--max-semi-space-size=32"]
CMD ["bin/statefun.js", "run", "examples/shopping-cart", "--state-folder", "/var/lib/statefun"]
