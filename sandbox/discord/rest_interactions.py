"""Routes by an interaction's token: the callback, and the webhook for edits and follow-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.discord.answers import ApiError, json_answer
from sandbox.discord.attachments import read_message_body
from sandbox.discord.ratelimits import WEBHOOK
from sandbox.discord.rest import Rest, no_content, path_id

if TYPE_CHECKING:
    from aiohttp import web

    from sandbox.discord.callbacks import Callbacks
    from sandbox.discord.interactions import Interaction, Interactions
    from sandbox.world import World

WEBHOOK_PATH = "/webhooks/{application_id}/{token}"
MESSAGE_PATH = WEBHOOK_PATH + "/messages/{message}"
TRUE = ("1", "true", "True")


class InteractionRoutes:
    """POST callback; POST, GET, PATCH, DELETE of the messages behind a token."""

    def __init__(self, world: World, interactions: Interactions, callbacks: Callbacks) -> None:
        self._world = world
        self._interactions = interactions
        self._callbacks = callbacks

    def add(self, app: web.Application, rest: Rest) -> None:
        """Add the routes."""
        rest.add_without_bot(app, "POST", "/interactions/{interaction_id}/{token}/callback", self.respond)
        rest.add_without_bot(app, "POST", WEBHOOK_PATH, self.follow_up, WEBHOOK)
        rest.add_without_bot(app, "GET", MESSAGE_PATH, self.read, WEBHOOK)
        rest.add_without_bot(app, "PATCH", MESSAGE_PATH, self.edit, WEBHOOK)
        rest.add_without_bot(app, "DELETE", MESSAGE_PATH, self.delete, WEBHOOK)

    async def respond(self, request: web.Request) -> web.Response:
        """The first response."""
        at = self._interactions.clock()
        body, files = await read_message_body(request)
        interaction = self._interactions.to_respond(path_id(request, "interaction_id"), request.match_info["token"])
        outcome = self._callbacks.respond(interaction, body, files, host=request.host, at=at)
        return json_answer(outcome) if request.query.get("with_response") in TRUE else no_content()

    async def follow_up(self, request: web.Request) -> web.Response:
        """A further message. Discord answers with it for interactions, whatever `wait` says."""
        at = self._interactions.clock()
        interaction = self._interaction(request)
        body, files = await read_message_body(request)
        message = self._callbacks.follow_up(interaction, body, files, host=request.host, at=at)
        return json_answer(message.body)

    async def read(self, request: web.Request) -> web.Response:
        """One message."""
        interaction = self._interaction(request)
        return json_answer(self._callbacks.message_of(interaction, request.match_info["message"]).body)

    async def edit(self, request: web.Request) -> web.Response:
        """Edit a message."""
        at = self._interactions.clock()
        interaction = self._interaction(request)
        message = self._callbacks.message_of(interaction, request.match_info["message"])
        body, files = await read_message_body(request)
        self._callbacks.edit(interaction, message, body, files, host=request.host, at=at)
        return json_answer(message.body)

    async def delete(self, request: web.Request) -> web.Response:
        """Delete a message."""
        self._callbacks.delete(self._interaction(request), request.match_info["message"])
        return no_content()

    def _interaction(self, request: web.Request) -> Interaction:
        if path_id(request, "application_id") != self._world.application_id:
            raise ApiError(404, 10015, "Unknown Webhook")
        return self._interactions.by_token(request.match_info["token"])
