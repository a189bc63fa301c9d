# The gateway as a container: built with everything, run with little, as nobody in particular.
# Mount a folder at /srv: it holds switchyard.yaml (without one: the sandbox, reachable only from inside) and, when embedded, the database.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json prisma.config.ts ./
COPY prisma prisma
COPY scripts scripts
COPY src src
RUN node scripts/setup.mjs
# What npm keeps as optional peers of the Prisma client and nothing of ours loads: its command line, its studio, compilers for other databases.
RUN npm prune --omit=dev --ignore-scripts \
 && cd node_modules \
 && rm -rf prisma effect typescript elkjs react react-dom remeda fast-check @typescript @visx \
 && cd @prisma && rm -rf dev studio-core query-plan-executor engines engines-version fetch-engine get-platform streams-local config \
 && find client/runtime \( -name '*.map' -o -name '*mysql*' -o -name '*sqlite*' -o -name '*sqlserver*' -o -name '*cockroach*' \) -delete \
 && find /app/node_modules -xtype l -delete

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY package.json ./
COPY src/backends/lnmux/lnmux.proto src/backends/lnmux/
COPY prisma/migrations prisma/migrations
RUN mkdir -p /srv && chown node:node /srv
USER node
WORKDIR /srv
VOLUME /srv
EXPOSE 4000
# Where the gateway answers from inside the container; with TLS or another port, set it to that.
ENV SWITCHYARD_HEALTH_URL=http://127.0.0.1:4000/healthz
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD \
  ["node", "-e", "fetch(process.env.SWITCHYARD_HEALTH_URL).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM lets what is under way end: give it time (`docker stop --time 60`).
ENTRYPOINT ["node", "/app/dist/src/cli.js"]
CMD ["start"]
