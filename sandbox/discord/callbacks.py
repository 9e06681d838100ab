"""What a bot may answer to an interaction, and what each answer does ("Receiving and Responding")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.answers import unknown_message
from sandbox.discord.command_limits import CHOICE_TEXT, CHOICES
from sandbox.discord.form import Form
from sandbox.discord.interactions import (
    ANSWERED,
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    DEFERRED,
    MODAL,
    MODAL_SUBMIT,
    Interaction,
    Interactions,
)
from sandbox.discord.message_limits import COMPONENTS_V2, EPHEMERAL, LOADING, check_message
from sandbox.discord.modal_limits import check_modal

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.attachments import Upload
    from sandbox.discord.events import Events
    from sandbox.discord.messages import Message, Messages
    from sandbox.world import World

REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES_RESULT, SHOW_MODAL = 4, 5, 6, 7, 8, 9
PONG, LAUNCH_ACTIVITY = 1, 12
CHAT_INPUT_MESSAGE, REPLY_MESSAGE = 20, 19
KNOWN = (PONG, REPLY, DEFER, DEFER_UPDATE, UPDATE, CHOICES_RESULT, SHOW_MODAL, LAUNCH_ACTIVITY)
SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
SETTABLE = EPHEMERAL | SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


class Callbacks:
    """First responses, and what follows with the token."""

    def __init__(self, world: World, interactions: Interactions, messages: Messages, events: Events) -> None:
        self._world = world
        self._interactions = interactions
        self._messages = messages
        self._events = events

    def respond(self, interaction: Interaction, body: Any, files: dict[int, Upload], *, host: str, at: float) -> Json:
        """The first response; returns what `with_response=1` asks for.

        Raises:
            ApiError: 400 when this response does not fit the interaction or its data is refused. The interaction
                then still counts as not answered.
        """
        if not isinstance(body, dict):
            body = {}
        kind = body.get("type")
        self._check_kind(interaction, kind)
        data = body.get("data") or {}
        resource: Json | None = None
        match kind:
            case 4:
                check_message(data, under=("data",), refusals=self._messages.refusals)
                interaction.response = self._post(interaction, data, files, host)
                state = ANSWERED
                resource = {"type": kind, "message": interaction.response.body}
            case 5:
                interaction.response = self._defer(interaction, data)
                state = DEFERRED
            case 6:
                interaction.response = interaction.source
                state = DEFERRED
            case 7:
                interaction.response = self._update(interaction, data, files, host)
                state = ANSWERED
                resource = {"type": kind, "message": interaction.response.body}
            case 8:
                interaction.choices = _choices(data)
                state = ANSWERED
            case _:
                check_modal(body.get("data"))
                interaction.modal = data
                state = MODAL
        self._interactions.acknowledge(interaction, state, at)
        if state == MODAL:
            self._show_modal(interaction)
        return self._outcome(interaction, resource)

    def follow_up(
        self, interaction: Interaction, body: Any, files: dict[int, Upload], *, host: str, at: float
    ) -> Message:
        """A follow-up message. The first one after a deferral is the edit of the deferred message, if that is there."""
        original = interaction.response
        if original is not None and original.thinking and self._messages.find(original.id, original.channel_id):
            return self.edit(interaction, original, body, files, host=host, at=at)
        check_message(body, refusals=self._messages.refusals)
        message = self._draft(interaction, body)
        if original is not None:
            message.body["interaction_metadata"] = {
                **interaction.metadata,
                "original_response_message_id": str(original.id),
            }
        self._messages.fill(message, body, files, host)
        self._messages.add(message)
        self._interactions.answer(interaction, at, message)
        return message

    def edit(
        self,
        interaction: Interaction,
        message: Message,
        body: Any,
        files: dict[int, Upload],
        *,
        host: str,
        at: float,
    ) -> Message:
        """Edit the original response or a follow-up."""
        check_message(body, v2=self._messages.uses_v2(message), refusals=self._messages.refusals)
        self._messages.edit(message, body, files, host)
        if message is interaction.response:
            self._interactions.answer(interaction, at, message)
        return message

    def message_of(self, interaction: Interaction, name: str) -> Message:
        """The message that `@original` or an id means for this token.

        Raises:
            ApiError: 404, code 10008.
        """
        if name == "@original":
            message = interaction.response
            if message is None or self._messages.find(message.id, message.channel_id) is None:
                raise unknown_message()
            return message
        try:
            return self._messages.get(int(name), interaction.channel_id)
        except ValueError:
            raise unknown_message() from None

    def delete(self, interaction: Interaction, name: str) -> None:
        """Delete the original response or a follow-up."""
        message = self.message_of(interaction, name)
        self._messages.delete(message)
        if message is interaction.response:
            interaction.response = None

    def _check_kind(self, interaction: Interaction, kind: Any) -> None:
        form = Form()
        if form.one_of(("type",), kind, KNOWN):
            answered_kind = interaction.kind
            from_message = answered_kind == COMPONENT or (
                answered_kind == MODAL_SUBMIT and interaction.source is not None
            )
            fits = {
                REPLY: answered_kind != AUTOCOMPLETE,
                DEFER: answered_kind != AUTOCOMPLETE,
                DEFER_UPDATE: from_message,
                UPDATE: from_message,
                CHOICES_RESULT: answered_kind == AUTOCOMPLETE,
                SHOW_MODAL: answered_kind in (COMMAND, COMPONENT),
            }
            if not fits.get(kind, False):
                form.add(("type",), "INTERACTION_CALLBACK_INVALID_TYPE", "This response does not fit the interaction.")
        form.refuse()

    def _post(self, interaction: Interaction, data: Json, files: dict[int, Upload], host: str) -> Message:
        message = self._draft(interaction, data)
        self._messages.fill(message, data, files, host)
        self._messages.add(message)
        return message

    def _defer(self, interaction: Interaction, data: Json) -> Message:
        flags = data.get("flags") if isinstance(data, dict) else 0
        ephemeral = (flags if isinstance(flags, int) else 0) & EPHEMERAL
        message = self._draft(interaction, {"flags": ephemeral})
        message.body["flags"] |= LOADING
        self._messages.add(message)
        return message

    def _update(self, interaction: Interaction, data: Json, files: dict[int, Upload], host: str) -> Message:
        message = interaction.source
        if message is None:
            raise unknown_message()
        check_message(data, under=("data",), v2=self._messages.uses_v2(message), refusals=self._messages.refusals)
        self._messages.edit(message, data, files, host)
        return message

    def _draft(self, interaction: Interaction, request: Json) -> Message:
        requested_flags = request.get("flags")
        flags = requested_flags & SETTABLE if isinstance(requested_flags, int) else 0
        message = self._messages.draft(
            interaction.guild_id,
            interaction.channel_id,
            flags=flags,
            recipient=interaction.user_id if interaction.guild_id is None else None,
            visible_to=interaction.user_id if flags & EPHEMERAL else None,
        )
        message.command_text = interaction.command_text
        application = str(self._world.application_id)
        body = message.body
        body["webhook_id"] = body["application_id"] = application
        body["interaction_metadata"] = interaction.metadata
        if interaction.kind == COMMAND:
            body["type"] = CHAT_INPUT_MESSAGE
            body["interaction"] = {
                "id": str(interaction.id),
                "type": COMMAND,
                "name": interaction.name,
                "user": interaction.metadata["user"],
            }
        elif interaction.source is not None:
            body["type"] = REPLY_MESSAGE
            body["message_reference"] = {
                "type": 0,
                "channel_id": str(interaction.channel_id),
                "message_id": str(interaction.source.id),
                **_guild_of(interaction),
            }
        return message

    def _show_modal(self, interaction: Interaction) -> None:
        event = {"type": "modal", "interaction": str(interaction.id), "modal": interaction.modal}
        self._events.publish(event, lambda user: user == interaction.user_id)

    @staticmethod
    def _outcome(interaction: Interaction, resource: Json | None) -> Json:
        outcome: Json = {"id": str(interaction.id), "type": interaction.kind}
        message = interaction.response
        if message is not None:
            outcome["response_message_id"] = str(message.id)
            outcome["response_message_loading"] = message.thinking
            outcome["response_message_ephemeral"] = bool(message.body["flags"] & EPHEMERAL)
        outcome["channel_id"] = str(interaction.channel_id)
        outcome.update(_guild_of(interaction))
        body: Json = {"interaction": outcome}
        if resource is not None:
            body["resource"] = resource
        return body


def _guild_of(interaction: Interaction) -> Json:
    """The guild as a field; none in direct messages."""
    return {} if interaction.guild_id is None else {"guild_id": str(interaction.guild_id)}


def _choices(data: Any) -> list[Json]:
    form = Form()
    choices = data.get("choices") if isinstance(data, dict) else None
    if choices is None:
        form.required(("data", "choices"))
    found = []
    for place, choice in form.objects(("data", "choices"), choices, CHOICES):
        form.length((*place, "name"), choice.get("name"), 1, CHOICE_TEXT)
        value = choice.get("value")
        if value is None:
            form.required((*place, "value"))
        elif isinstance(value, str):
            form.text((*place, "value"), value, CHOICE_TEXT)
        found.append({"name": choice.get("name"), "value": value})
    form.refuse()
    return found
