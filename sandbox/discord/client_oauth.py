"""What a person's browser does about OAuth: it opens the authorization page, and approves or denies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from yarl import URL

from sandbox import screen
from sandbox.discord.answers import json_answer
from sandbox.discord.authorization import read_authorization
from sandbox.discord.client_api import BASE, with_refusals
from sandbox.discord.options import ClientRefusedError

if TYPE_CHECKING:
    from aiohttp import web
    from multidict import MultiMapping

    from sandbox.discord.authorization import AuthorizationRequest
    from sandbox.discord.oauth import OAuth
    from sandbox.world import World

PAGE = "/oauth2/authorize"


class ClientOAuth:
    """The page, the answer given on it, and what is still valid."""

    def __init__(self, world: World, oauth: OAuth) -> None:
        self._world = world
        self._oauth = oauth

    def add(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get(PAGE, self.page)
        app.router.add_post(BASE + "/authorize", with_refusals(self.authorize))
        app.router.add_get(BASE + "/oauth", with_refusals(self.status))
        app.router.add_post(BASE + "/oauth", with_refusals(self.register))

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The authorization page; 400 with a sentence when its address is not valid."""
        try:
            self._read(request.query)
        except ClientRefusedError as refusal:
            return screen.refusal(str(refusal))
        return screen.page("authorize/page.html")

    async def authorize(self, request: web.Request) -> web.Response:
        """The answer of a person, as the page or a test gives it; `location` is where the browser goes then."""
        body = orjson.loads(await request.read())
        url = URL(str(body["url"]))
        if url.path != PAGE:
            raise ClientRefusedError(f"url is not one of {PAGE}")
        authorization = self._read(url.query)
        user = self._world.users.get(int(body["user"]))
        if user is None or user.bot:
            raise ClientRefusedError("there is no such user")
        location = self._oauth.approve(authorization, user.id) if body["approve"] else self._oauth.deny(authorization)
        return json_answer({"location": location})

    async def status(self, request: web.Request) -> web.Response:
        """What is still valid."""
        del request
        return json_answer(self._oauth.status())

    async def register(self, request: web.Request) -> web.Response:
        """Register redirect URIs in place of the present ones; an empty list lets any loopback address pass."""
        addresses = orjson.loads(await request.read())["redirect_uris"]
        if not isinstance(addresses, list) or not all(isinstance(one, str) for one in addresses):
            raise ClientRefusedError("redirect_uris is a list of addresses")
        self._oauth.redirect_uris = set(addresses)
        return json_answer(self._oauth.status())

    def _read(self, query: MultiMapping[str]) -> AuthorizationRequest:
        return read_authorization(query, self._world.application_id, self._oauth.redirect_uris)
