# The base by its digest, so that each build starts from the same files; docs/hardening.md says how to renew it.
FROM python:3.13-slim@sha256:8d9d0b8bcf6506481eae4907c18f5e3e7902e629f5f6d684f9e7c32e85e3ddf0 AS base

# Two stages: what builds the environment is not in what runs it.
FROM base AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY bot bot

FROM base
# A user of its own; 10001 so that volumes can be given to it by number.
RUN groupadd --gid 10001 tessera \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin tessera \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /venv /venv
COPY --from=build /build/bot /app/bot
WORKDIR /app
# By number: then a cluster can see that it is not root.
USER 10001:10001
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME /data
STOPSIGNAL SIGTERM
# Fit means: the event loop turns and the store answers. A source that is down must not restart the bot.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
# /data/config.toml holds the settings; DISCORD_TOKEN_FILE and LOOPRING_API_KEY_FILE name the secrets.
CMD ["python", "-m", "bot", "run", "--config", "/data/config.toml"]
