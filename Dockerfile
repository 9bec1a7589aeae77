# syntax=docker/dockerfile:1
#
# docker build -t tts-gateway .                            everything, the copyleft engines of NOTICE included
# docker build -t tts-gateway --build-arg OPTIONAL=omit .  permissive licences only
# docker run --init --rm -p 127.0.0.1:8080:8080 tts-gateway

ARG NODE=node:24-bookworm-slim

FROM ${NODE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --include=dev
COPY . .
RUN node scripts/build.mjs

FROM ${NODE} AS packages
ARG OPTIONAL=include
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN if [ "$OPTIONAL" = omit ]; then flag=--omit=optional; fi; npm ci --ignore-scripts --omit=dev $flag

FROM ${NODE}
ENV NODE_ENV=production \
    TTS_CONFIG=/app/config/profiles/container.yaml \
    TTS_SPOOL_DIR=/var/lib/tts-gateway
# The one folder the process writes to; a named volume mounted here takes over its owner.
RUN install -d -o node -g node "$TTS_SPOOL_DIR"
WORKDIR /app
COPY package.json LICENSE NOTICE ./
COPY config ./config
COPY --from=packages /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js", "serve"]
