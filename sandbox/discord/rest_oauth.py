"""Routes of OAuth2: tokens for codes, revocation, and what a token says about its person."""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from sandbox.discord.answers import json_answer, unauthorized
from sandbox.discord.oauth import CLIENT_SECRET, OAuth, OAuthError
from sandbox.discord.wire import SUPPORTED_LOCALE, application_json, user_json

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web

    from sandbox.discord.answers import Json
    from sandbox.discord.oauth import Grant
    from sandbox.discord.rest import Rest
    from sandbox.world import World

FORM = "application/x-www-form-urlencoded"
PARTIAL_APPLICATION = ("id", "name", "icon", "description", "type", "bot_public", "verify_key", "flags", "flags_new")


class OAuthRoutes:
    """The token endpoint, revocation, and the routes that take `Authorization: Bearer`."""

    def __init__(self, world: World, oauth: OAuth) -> None:
        self._world = world
        self._oauth = oauth

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes. `GET /users/@me` is the bot's too; its route asks `person` for other tokens."""
        rest.add_without_bot(app, "POST", "/oauth2/token", _with_oauth_errors(self.token))
        rest.add_without_bot(app, "POST", "/oauth2/token/revoke", _with_oauth_errors(self.revoke))
        rest.add_without_bot(app, "GET", "/oauth2/@me", self.authorization)

    async def token(self, request: web.Request) -> web.Response:
        """Tokens for a code, or for a refresh token."""
        form = await _form(request)
        grant = {"authorization_code": self._oauth.exchange, "refresh_token": self._oauth.refresh}
        trade = grant.get(form.get("grant_type", ""))
        if trade is None:  # checked before the application's credentials, and also for a body that is not a form
            raise OAuthError("unsupported_grant_type", f"Grant type {form.get('grant_type')} is not supported")
        self._check_client(request, form)
        return json_answer(trade(form))

    async def revoke(self, request: web.Request) -> web.Response:
        """Revoke a token and all others of the same authorization; an unknown one is fine (RFC 7009)."""
        form = await _form(request)
        self._check_client(request, form)
        if not form.get("token"):
            raise OAuthError("invalid_request", 'Missing "token" in request.')
        self._oauth.revoke(form["token"])
        return json_answer({})

    async def authorization(self, request: web.Request) -> web.Response:
        """What a token is valid for. A bot's token is refused like a missing one, as Discord does."""
        grant = self._grant(request)
        application = application_json(self._world)
        expires = datetime.now(UTC) + timedelta(seconds=self._oauth.seconds_left(grant))
        return json_answer(
            {
                "application": {key: application[key] for key in PARTIAL_APPLICATION},
                "scopes": grant.scope.split(),
                "expires": expires.isoformat(),
                "user": user_json(self._world.users[grant.user_id]),
            }
        )

    async def person(self, request: web.Request) -> web.Response:
        """The person behind a token: under `identify` without e-mail."""
        user = self._world.users[self._grant(request).user_id]
        return json_answer({**user_json(user), "mfa_enabled": False, "locale": SUPPORTED_LOCALE, "premium_type": 0})

    def _grant(self, request: web.Request) -> Grant:
        grant = self._oauth.bearer(request.headers.get("Authorization", ""))
        if grant is None or grant.user_id not in self._world.users:
            raise unauthorized()
        return grant

    def _check_client(self, request: web.Request, form: Mapping[str, str]) -> None:
        """Authenticate the application: by HTTP Basic, or in the form."""
        given = _basic(request.headers.get("Authorization", ""))
        client_id, secret = given or (form.get("client_id", ""), form.get("client_secret", ""))
        known = client_id == str(self._world.application_id)
        if not known or not hmac.compare_digest(secret.encode(), CLIENT_SECRET.encode()):
            raise OAuthError("invalid_client", status=401)


def _basic(authorization: str) -> tuple[str, str] | None:
    """Name and password of HTTP Basic, both form-encoded (RFC 6749 §2.3.1); None without or when it is malformed."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (unquote_plus(name), unquote_plus(password)) if colon else None


async def _form(request: web.Request) -> dict[str, str]:
    """The fields of a form; a body of another type has none, and of a field given twice the first counts."""
    if request.content_type != FORM:
        return {}
    found: dict[str, str] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, str):
            found.setdefault(name, value)
    return found


def _with_oauth_errors(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except OAuthError as error:
            body: Json = error.body
            return json_answer(body, error.status)

    return answer
