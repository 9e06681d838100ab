# The base by its digest, so that each build starts from the same files; docs/hardening.md says how to renew it.
FROM python:3.13-slim@sha256:8d9d0b8bcf6506481eae4907c18f5e3e7902e629f5f6d684f9e7c32e85e3ddf0 AS base

# Two stages: what builds the environment is not in what runs it.
FROM base AS build
WORKDIR /build
RUN python -m venv /venv
# With what draws charts and cards, which a process of its own loads; requirements.txt is the same without it.
COPY requirements-pictures.txt .
RUN /venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements-pictures.txt
# A font with Chinese, Japanese and Korean letters, 5 MB, for names in charts and on cards; and its licence.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-wqy-microhei \
    && install -D --mode 0644 --target-directory /venv/share/fonts/wqy-microhei \
        /usr/share/fonts/truetype/wqy/wqy-microhei.ttc /usr/share/doc/fonts-wqy-microhei/copyright
# One of the packages asks for it and never calls it: what runs must not be able to install anything.
RUN /venv/bin/pip uninstall --quiet --yes pip
# Beside the packages that it needs, and compiled once: what is written later cannot be compiled, as nothing is writable.
COPY bot /venv/lib/python3.13/site-packages/bot
RUN /venv/bin/python -m compileall -q /venv/lib/python3.13/site-packages/bot \
    && printf '#!/venv/bin/python\nimport sys\nfrom bot.cli.main import main\nsys.exit(main())\n' > /venv/bin/tessera \
    && chmod 0755 /venv/bin/tessera

FROM base
# A user of its own; 10001 so that volumes can be given to it by number.
RUN groupadd --gid 10001 tessera \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin tessera \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /venv /venv
# Settings (config.toml), the store and its backups, unless the settings say otherwise.
WORKDIR /data
# By number: then a cluster can see that it is not root.
USER 10001:10001
# A container is reached by its own address, not by the loopback: publish no port without need.
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TESSERA_WEB_HOST=0.0.0.0
VOLUME /data
STOPSIGNAL SIGTERM
# Fit means: the event loop turns and the store answers. A source that is down must not restart the bot. It asks the port
# that the settings name.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-I", "-m", "bot.cli.health_check"]
# DISCORD_TOKEN_FILE, LOOPRING_API_KEY_FILE and their like name the secrets.
CMD ["tessera", "run"]
