"""Discord's login (OAuth 2 code grant with PKCE, scope `identify`): who uses a browser, and nothing more.

The access token is revoked as soon as the user was read, and never stored. Source: Discord's
documentation, topics/oauth2; RFC 6749, 7636, 7009. Our own, as it is one URL and three requests: Authlib,
which does all of OAuth, needs a library for cryptography beside it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import aiohttp
import orjson

from bot.config.settings import DiscordSettings
from bot.errors import UnavailableError
from bot.links import Person
from bot.messages import Message
from bot.sources.bodies import read_body

log = logging.getLogger(__name__)

_API = "https://discord.com/api/v10"
# Three requests in a row, within the time limit of the one request of the browser.
_TIMEOUT = aiohttp.ClientTimeout(total=6, connect=4)
_MAX_BODY = 64 * 1024
_FAILED = Message("Discord's login did not work. Nothing was linked; try again in a minute.")


class DiscordLogin:
    """The login, for one application and one redirect URI.

    Args:
        session: Opened and closed by the caller.
        settings: Where Discord is, and the client's secret.
        redirect_uri: As registered at Discord's developer portal.
        client_id: The application's id; known once the bot has logged in.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        settings: DiscordSettings,
        *,
        redirect_uri: str,
        client_id: Callable[[], int],
    ) -> None:
        self._session = session
        self._api = settings.api_url or _API
        self._authorize = settings.authorize_url
        self._secret = settings.client_secret
        self._redirect_uri = redirect_uri
        self._client_id = client_id

    def authorize_url(self, state: str, code_challenge: str) -> str:
        """The URL at Discord that the browser is sent to."""
        query = {
            "response_type": "code",
            "client_id": str(self._client_id()),
            "scope": "identify",
            "redirect_uri": self._redirect_uri,
            "state": state,
            "code_challenge": code_challenge,
            "code_challenge_method": "S256",
            "prompt": "consent",  # shows who is about to log in, also where that person did so before
        }
        return f"{self._authorize}?{urlencode(query)}"

    async def fetch_person(self, code: str, code_verifier: str) -> Person:
        """The person who logged in, by the authorization code of the callback.

        Raises:
            UnavailableError: Discord refuses the code, or gives no usable answer.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": code_verifier,
        }
        token = (await self._post("/oauth2/token", form)).get("access_token")
        if not isinstance(token, str):
            raise UnavailableError(_FAILED)
        try:
            return _parse_person(await self._get("/users/@me", token))
        finally:
            try:
                await self._post("/oauth2/token/revoke", {"token": token, "token_type_hint": "access_token"})
            except UnavailableError:
                # It is not stored here in any case, can only read a name, and expires within a week.
                log.warning("oauth: a token could not be revoked")

    async def _post(self, path: str, form: dict[str, str]) -> dict[str, Any]:
        secret = self._secret.get_secret_value() if self._secret else ""
        client = aiohttp.encode_basic_auth(str(self._client_id()), secret)
        return await self._request("POST", path, {"Authorization": client}, form)

    async def _get(self, path: str, token: str) -> dict[str, Any]:
        return await self._request("GET", path, {"Authorization": f"Bearer {token}"}, None)

    async def _request(
        self, method: str, path: str, headers: dict[str, str], form: dict[str, str] | None
    ) -> dict[str, Any]:
        try:
            async with self._session.request(
                method, self._api + path, headers=headers, data=form, timeout=_TIMEOUT, allow_redirects=False
            ) as response:
                body = await read_body(response, _MAX_BODY)
                answer = orjson.loads(body) if response.status == 200 and body else None  # noqa: PLR2004 - HTTP's "OK"
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("oauth: %s: %s", path, type(error).__name__)
            raise UnavailableError(_FAILED) from error
        if not isinstance(answer, dict):
            log.warning("oauth: %s: HTTP %d", path, response.status)
            raise UnavailableError(_FAILED)
        return answer


def _parse_person(user: dict[str, Any]) -> Person:
    user_id, name = user.get("id"), user.get("username")
    if not (isinstance(user_id, str) and user_id.isascii() and user_id.isdigit() and isinstance(name, str)):
        raise UnavailableError(_FAILED)
    return Person(int(user_id), name)
