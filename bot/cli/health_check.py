"""`python -m bot.cli.health_check [FILE]`: asks the running bot whether it is fit, as the image's health check does.

It runs every half a minute beside the bot, so it imports nothing but the standard library, and starts within 100 ms.
The exit code is 0 where the bot is fit, and 1 where it is not or does not answer.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SECONDS = 4.0
_MOST_BYTES = 65_536
# What listens on all addresses is asked at this machine's own.
_ANY = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - names, not a listener


def main(arguments: list[str]) -> int:
    """Ask, print one line, and return the exit code."""
    try:
        host, port = address_in(Path(arguments[0] if arguments else "config.toml"), os.environ)
        status, _ = ask_health(host, port)
    except (OSError, ValueError, TypeError, AttributeError, OverflowError) as error:  # the last three: [web] is wrong
        sys.stdout.write(f"does not answer: {type(error).__name__}\n")
        return 1
    sys.stdout.write("fit\n" if status == 200 else f"not fit: HTTP {status}\n")  # noqa: PLR2004 - OK
    return 0 if status == 200 else 1  # noqa: PLR2004 - OK


def address_in(config: Path, environ: Mapping[str, str]) -> tuple[str, int]:
    """Host and port of `[web]`; the bot itself has found out whether the rest of the file is right."""
    try:
        web = tomllib.loads(config.read_text(encoding="utf-8")).get("web", {})
    except FileNotFoundError:
        web = {}
    return str(web.get("host", environ.get("TESSERA_WEB_HOST", ""))), int(web.get("port", 8080))


def ask_health(host: str, port: int) -> tuple[int, Mapping[str, Any]]:
    """Status and JSON of `GET /healthz`.

    Raises:
        OSError: nobody answers.
        ValueError: what answers is no Tessera.
    """
    name = _ANY.get(host, host)
    url = f"http://[{name}]:{port}/healthz" if ":" in name else f"http://{name}:{port}/healthz"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=_SECONDS) as response:
            return response.status, _body(response.read(_MOST_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _body(error.read(_MOST_BYTES))
    except urllib.error.URLError as error:
        raise (error.reason if isinstance(error.reason, OSError) else error) from None


def _body(text: bytes) -> Mapping[str, Any]:
    body = json.loads(text)
    if not isinstance(body, dict) or not {"status", "store", "gateway"} <= body.keys():
        raise ValueError("that is no answer of Tessera's")
    return body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
