# emo_osc without a screen or a sound card: OSC in, OSC notes out, the pad in a browser.
#
#   docker compose up
#
# On Linux with a sound system of the host's: see compose.yaml. The target `farm` composes for many stages: see deploy/.
FROM python:3.12-slim-bookworm AS build

WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim-bookworm AS instrument

# python-rtmidi and sounddevice want these at run time; MIDI needs a system of the host's.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends libasound2 libjack-jackd2-0 libportaudio2 \
    && rm -rf /var/lib/apt/lists/*

# The index with torch's CPU wheels spares gigabytes: docker compose build --build-arg TORCH_INDEX=...
ARG TORCH="torch==2.13.0"
ARG TORCH_INDEX=""
# hadolint ignore=DL3013
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$TORCH"

COPY --from=build /wheels /wheels
# hadolint ignore=DL3013
RUN pip install --no-cache-dir /wheels/*.whl && rm -r /wheels \
    && useradd --create-home --uid 1000 player \
    && install -d -o player /data

USER 1000
ENV XDG_DATA_HOME=/data XDG_CONFIG_HOME=/data XDG_CACHE_HOME=/data OMP_NUM_THREADS=1
VOLUME /data
EXPOSE 7770/udp 7780/tcp
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["emo-osc", "send", "/emo/ping"]
ENTRYPOINT ["emo-osc"]
CMD ["serve", "--no-sound", "--osc-host", "0.0.0.0", "--web-host", "0.0.0.0"]

FROM instrument AS farm

USER 0
# The health check asks with wget, and so does KubeRay.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install -y --no-install-recommends wget && rm -rf /var/lib/apt/lists/*
ARG RAY=2.60.0
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir "$(echo /wheels/*.whl)[farm]" "ray[serve]==$RAY"

USER 1000
ENV RAY_USAGE_STATS_ENABLED=0
EXPOSE 7790/tcp
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s \
    CMD ["wget", "-q", "-T", "4", "-O", "/dev/null", "http://127.0.0.1:7790/-/healthz"]
CMD ["farm", "--host", "0.0.0.0", "--token-file", "/run/secrets/farm_token"]

# What is built without a target: no Ray.
FROM instrument
