# One image for the web process, the worker and the migrations: `compose.yaml` shows how they go together.

FROM node:26-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci
COPY src ./src
RUN npm run assets

FROM node:26-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The packages that bring Node 26 to machines with an older one: 200 MB which this image has already.
RUN npm ci --omit=dev && rm -rf node_modules/node-linux-* node_modules/.bin/node

FROM node:26-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 NODE_OPTIONS=--max-semi-space-size=8
COPY package.json ./
COPY --from=packages /app/node_modules ./node_modules
COPY drizzle ./drizzle
COPY templates ./templates
COPY src ./src
COPY --from=assets /app/public ./public
# All that a town keeps (`var/`) is in one volume; the rest of the file system may be read-only.
RUN mkdir /data && chown node:node /data && ln -s /data var
VOLUME /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(answer => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts", "serve"]
