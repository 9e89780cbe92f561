# The image of ntm for amd64; for ARM see Dockerfile.arm.
#
#   docker build -t ntm .
#   docker run -d --network host --cap-drop all --cap-add NET_RAW --read-only \
#     -v ntm:/var/lib/ntm ntm -i eth0
#
# `podman build` keeps the health check only with --format docker. Give options after the
# image's name, as variables (-e NTM_INTERFACE=eth0), or in a file
# (-v ./ntm.yaml:/etc/ntm/ntm.yaml:ro).
ARG BASE=docker.io/library/debian:bookworm-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ccache make
WORKDIR /src
COPY Makefile ./
RUN make package-deps
COPY . .
ARG REVISION=
ENV CMAKE_CXX_COMPILER_LAUNCHER=ccache
RUN --mount=type=cache,target=/root/.cache/ccache \
    make package REVISION="${REVISION}"

FROM ${BASE}
# A fixed user ID, for volumes and clusters.
RUN groupadd --gid 65532 ntm \
    && useradd --uid 65532 --gid 65532 --no-create-home \
        --home-dir /nonexistent --shell /usr/sbin/nologin ntm
# The capability is permitted, not effective, and ntm raises it. So the program also
# starts where the capability is forbidden, and can report that.
RUN --mount=type=bind,from=build,source=/src/build/release/package,target=/package \
    apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libcap2-bin \
        netbase publicsuffix /package/ntm_*.deb \
    && setcap cap_net_raw+p /usr/bin/ntm \
    && apt-get purge -y --auto-remove libcap2-bin \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    && install -d -o 65532 -g 65532 -m 700 /var/lib/ntm

ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="ntm" \
      org.opencontainers.image.description="Network traffic metrics for Prometheus" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV STATE_DIRECTORY=/var/lib/ntm
VOLUME /var/lib/ntm
EXPOSE 8000
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
    CMD ["/usr/bin/ntm", "--health-check"]
ENTRYPOINT ["/usr/bin/ntm"]
