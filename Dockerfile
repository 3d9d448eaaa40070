# One image for each program: docker build --target app .   (or webhook, prober, negative-prober)
#
# The bases are named by tag, so that a build has the fixes of its day; which digests those were is in the
# provenance of a released image. What npm installs is the lock file, and no package runs a script.

# No package is made for one processor or system: everything is built on the machine that builds, for all platforms.
FROM --platform=$BUILDPLATFORM node:24-trixie-slim AS manifests
WORKDIR /build
COPY package.json package-lock.json ./
COPY iac/image/package.json iac/image/

# What runs: the dependencies, and with iac/image the clouds' SDKs and Redis, at the versions of the one lock file.
FROM manifests AS dependencies
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Types and source maps are half of the size, and Node loads neither; the tests of one package hold private keys, which
# are known to all, and alarm scanners. The link is of iac/image itself.
RUN find node_modules -type f '(' -name '*.ts' -o -name '*.mts' -o -name '*.cts' -o -name '*.map' -o -name '*.test.*' ')' -delete \
    && rm node_modules/github-sts-image

FROM manifests AS build
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/build.mjs scripts/
COPY proto proto
COPY pkg pkg
COPY cmd cmd
COPY emulator emulator
RUN node scripts/build.mjs

# No shell, no package manager, and nothing that the user can write to.
FROM gcr.io/distroless/nodejs24-debian13:nonroot AS runtime
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=https://github.com/github-sts/github-sts
LABEL org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="$SOURCE" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# PORT is what orchestrators set in their own way; the port of metrics is 2112 by default.
ENV NODE_ENV=production PORT=8080
EXPOSE 8080 2112
WORKDIR /app
COPY --from=dependencies /build/node_modules node_modules
COPY --from=build /build/dist/package.json ./
COPY --from=build /build/dist/proto proto
COPY --from=build /build/dist/pkg pkg
COPY --from=build /build/dist/cmd/*.js cmd/
# By number: Kubernetes then knows that it is not root.
USER 65532:65532

# The flags keep memory down (docs/performance.md). NODE_OPTIONS would not take the second one.
FROM runtime AS webhook
LABEL org.opencontainers.image.title="github-sts-webhook" \
      org.opencontainers.image.description="Checks the trust policies of github-sts in pull requests"
COPY --from=build /build/dist/cmd/webhook cmd/webhook
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=8", "--heap-growing-percent=30", "cmd/webhook/main.js"]

FROM runtime AS prober
LABEL org.opencontainers.image.title="github-sts-prober" \
      org.opencontainers.image.description="Proves that github-sts gives what a policy grants, and no more"
COPY --from=build /build/dist/cmd/prober cmd/prober
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=8", "--heap-growing-percent=30", "cmd/prober/main.js"]

FROM runtime AS negative-prober
LABEL org.opencontainers.image.title="github-sts-negative-prober" \
      org.opencontainers.image.description="Proves that github-sts denies who has no right"
COPY --from=build /build/dist/cmd/negative-prober cmd/negative-prober
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=8", "--heap-growing-percent=30", "cmd/negative-prober/main.js"]

# Last, so that a build without a target is the service.
FROM runtime AS app
LABEL org.opencontainers.image.title="github-sts-app" \
      org.opencontainers.image.description="Exchanges an OIDC token for a GitHub App installation token"
COPY --from=build /build/dist/cmd/app cmd/app
ENTRYPOINT ["/nodejs/bin/node", "--max-semi-space-size=8", "--heap-growing-percent=30", "cmd/app/main.js"]
