# emo_osc without a screen or a sound card: OSC in, OSC notes out, the pad in a browser.
#
#   docker compose up
#
# On Linux with a sound system of the host's: see compose.yaml.
FROM python:3.12-slim-bookworm AS build

WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.12-slim-bookworm

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
