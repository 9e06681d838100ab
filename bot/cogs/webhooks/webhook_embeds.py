"""A server's endpoints → embeds. Of an address the host alone is shown: path and query may contain a password."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import discord

from bot.messages import Message, Words
from bot.ui.embeds import BRAND, CAUTION, cut_lines
from bot.webhooks.delivery.posting import Attempt
from bot.webhooks.delivery.webhooks import WithSecret
from bot.webhooks.values.endpoint import Endpoint, EndpointState, Standing

# So that ten of them fit into one embed, whatever the language: 6,000 in all.
_LONGEST_HOST = 100
_LONGEST_FIELD = 440

_TITLE = Message("Webhooks of this server")
_NONE = Message("There is none: `/webhooks add` sends what happens to roles here to an address of yours.")
_OFF = Message("**Nothing is sent at the moment**: who runs Tessera has not set WEBHOOK_KEY.")
_NAME = Message("{webhook} · {host}")
_STATES: Mapping[EndpointState, Message] = {
    EndpointState.ACTIVE: Message("Active"),
    EndpointState.PAUSED: Message("**Paused**; what happens is retained"),
    EndpointState.FAILED: Message("**Paused, as it failed for too long**; `/webhooks resume` goes on where it stopped"),
}
_DELIVERED = Message("Last delivery: {when}")
_NEVER = Message("Last delivery: none yet")
_NOTHING_WAITS = Message("Nothing waits; the last event of this server is number {latest}.")
_WAITS = Message(
    "One event waits, number {first}, since {since}.",
    "{count:,} events wait, from number {first} on, since {since}.",
)
_LOST = Message("Numbers {first} to {last} were deleted before they could be delivered; it will be told.")
_FAILED = Message("Last error, {when}: {reason}")
_NEXT = Message("Next attempt: {when}")

_ADDED = Message("Webhook {webhook} added")
_ADDED_TEXT = Message(
    "What happens to roles here is sent to `{host}` from now on. `/webhooks test {webhook}` sends something at once."
)
_ROTATED = Message("New secret for webhook {webhook}")
_ROTATED_TEXT = Message("For 24 hours, requests to `{host}` are signed with the old secret as well.")
_SECRET = Message("Its secret is below, this once. Put it where your receiver reads it, and nowhere else:")

_TESTED = Message("Webhook {webhook} works")
_TESTED_TEXT = Message("`{host}` confirmed a signed test.")
_TEST_FAILED = Message("Webhook {webhook} does not work yet")
_TEST_FAILED_TEXT = Message("A signed test to `{host}` failed: {reason} Nothing else was changed by it.")

_PAUSED = Message("Webhook {webhook} paused")
_PAUSED_TEXT = Message("Nothing is sent to `{host}` until `/webhooks resume {webhook}`. What happens is retained.")
_RESUMED = Message("Webhook {webhook} goes on")
_RESUMED_TEXT = Message("`{host}` gets what waits for it, and then what happens.")
_REPLAYED = Message("Webhook {webhook} starts again at {first}")
_REPLAYED_TEXT = Message(
    "One event is sent to `{host}` again, with the id that it had.",
    "{count:,} events are sent to `{host}` again, with the ids that they had.",
)
_ONCE_RESUMED = Message("It is paused: that begins with `/webhooks resume {webhook}`.")
_REMOVED = Message("Webhook {webhook} removed")
_REMOVED_TEXT = Message("Nothing is sent to `{host}` any more, and its secret is worth nothing now.")


def list_embed(standings: Sequence[Standing], *, are_on: bool) -> discord.Embed:
    """All endpoints of a server; `are_on`: whether anything is sent at all."""
    lines = [] if are_on else [_OFF()]
    if not standings:
        lines.append(_NONE())
    embed = discord.Embed(title=_TITLE().render(), description=_text(lines) or None, colour=BRAND)
    for standing in standings:
        endpoint = standing.endpoint
        name = _NAME(webhook=endpoint.endpoint_id, host=endpoint.host[:_LONGEST_HOST])
        embed.add_field(name=name.render(), value=cut_lines(_text(_lines(standing)), _LONGEST_FIELD), inline=False)
    return embed


def secret_embed(added: WithSecret, *, is_new: bool) -> discord.Embed:
    """An endpoint with its secret: the only answer that ever has it."""
    endpoint = added.endpoint
    values = _values(endpoint)
    title = (_ADDED if is_new else _ROTATED)(webhook=endpoint.endpoint_id)
    text = _ADDED_TEXT(**values) if is_new else _ROTATED_TEXT(host=endpoint.host)
    description = f"{_text([text, _SECRET()])}\n```\n{added.reveal()}\n```"
    return discord.Embed(title=title.render(), description=description, colour=BRAND)


def tested_embed(endpoint: Endpoint, attempt: Attempt) -> discord.Embed:
    """How a test ended."""
    if attempt.failure is None:
        return _done(_TESTED, endpoint, _TESTED_TEXT(host=endpoint.host))
    failed = _TEST_FAILED_TEXT(host=endpoint.host, reason=attempt.failure.words)
    return _done(_TEST_FAILED, endpoint, failed, colour=CAUTION)


def paused_embed(endpoint: Endpoint) -> discord.Embed:
    """It was paused."""
    return _done(_PAUSED, endpoint, _PAUSED_TEXT(**_values(endpoint)))


def resumed_embed(endpoint: Endpoint) -> discord.Embed:
    """It goes on."""
    return _done(_RESUMED, endpoint, _RESUMED_TEXT(host=endpoint.host))


def replayed_embed(endpoint: Endpoint, count: int) -> discord.Embed:
    """It starts again at a number."""
    lines = [_REPLAYED_TEXT(count=count, host=endpoint.host)]
    if endpoint.state is not EndpointState.ACTIVE:
        lines.append(_ONCE_RESUMED(webhook=endpoint.endpoint_id))
    title = _REPLAYED(webhook=endpoint.endpoint_id, first=endpoint.cursor + 1)
    return discord.Embed(title=title.render(), description=_text(lines), colour=BRAND)


def removed_embed(endpoint: Endpoint) -> discord.Embed:
    """It was removed."""
    return _done(_REMOVED, endpoint, _REMOVED_TEXT(host=endpoint.host))


def _lines(standing: Standing) -> Sequence[Words]:
    endpoint = standing.endpoint
    delivered = endpoint.delivered_at
    lines = [
        _STATES[endpoint.state](),
        _DELIVERED(when=discord.utils.format_dt(delivered, "R")) if delivered else _NEVER(),
    ]
    first = max(endpoint.cursor + 1, standing.earliest)
    if endpoint.cursor + 1 < first:
        lines.append(_LOST(first=endpoint.cursor + 1, last=first - 1))
    if standing.backlog and standing.waiting_since:
        since = discord.utils.format_dt(standing.waiting_since, "R")
        lines.append(_WAITS(count=standing.backlog, first=first, since=since))
    else:
        lines.append(_NOTHING_WAITS(latest=standing.latest))
    failed_at = endpoint.failed_at
    if endpoint.failure and failed_at and (delivered is None or failed_at >= delivered):
        lines.append(_FAILED(when=discord.utils.format_dt(failed_at, "R"), reason=endpoint.failure.words))
        if endpoint.next_at:
            lines.append(_NEXT(when=discord.utils.format_dt(endpoint.next_at, "R")))
    return lines


def _done(title: Message, endpoint: Endpoint, text: Words, colour: discord.Colour = BRAND) -> discord.Embed:
    words = title(webhook=endpoint.endpoint_id).render()
    return discord.Embed(title=words, description=text.render(), colour=colour)


def _values(endpoint: Endpoint) -> dict[str, object]:
    return {"webhook": endpoint.endpoint_id, "host": endpoint.host}


def _text(lines: Sequence[Words]) -> str:
    return "\n".join(line.render() for line in lines)
