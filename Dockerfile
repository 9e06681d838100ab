# Two stages: what builds the environment is not in what runs it.
FROM python:3.13-slim AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
COPY bot bot

FROM python:3.13-slim
# A user of its own; 10001 so that volumes can be given to it by number.
RUN useradd --uid 10001 --no-create-home tessera && mkdir /data && chown tessera /data
COPY --from=build /venv /venv
COPY --from=build /build/bot /app/bot
WORKDIR /app
USER tessera
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
VOLUME /data
STOPSIGNAL SIGTERM
# Fit means: the event loop turns and the store answers. A source that is down must not restart the bot.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
# /data/config.toml holds the settings; DISCORD_TOKEN_FILE and LOOPRING_API_KEY_FILE name the secrets.
CMD ["python", "-m", "bot", "run", "--config", "/data/config.toml"]
