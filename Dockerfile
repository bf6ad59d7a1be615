FROM node:22-bookworm-slim
ENV NODE_ENV=production
# Without it Node ends a worker whose workflow the SDK had to end (docs/OPERATIONS.md); Node 24 works so by itself.
ENV NODE_OPTIONS=--experimental-async-context-frame
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev
COPY tsconfig.json openapi.json ./
COPY drizzle ./drizzle
COPY src ./src
USER node
EXPOSE 3000 9464
CMD ["npm", "run", "--silent", "api"]
