"""The question before removals are approved. It lists each of them, and the approval is of exactly these.

What begins to wait while somebody reads the list is not among what they approve: it still waits.
"""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import discord

from bot.messages import Message
from bot.roles.safety import Cause
from bot.sync.results import Staged, StagedState
from bot.sync.sync import Sync
from bot.text import safe_text
from bot.ui import sending
from bot.ui.confirm_view import ConfirmView
from bot.ui.embeds import CAUTION, done_embed
from bot.ui.panel import Host

_LISTED = 3000  # characters of the 4,096 of a description
_LONGEST_REASON = 300

_NOTHING_TITLE = Message("Nothing waits")
_NOTHING_WAITS = Message("No removal waits for a decision.")
_IF_STILL = Message(
    "They lose the role if they still do not qualify when their turn comes. `/sync undo` gives back what a run took."
)
_UNDER_A_HOLD = Message("An admin holds all removals: what is approved is taken after `/sync release`, and not before.")
_APPROVED_TITLE = Message("Approved")
_TAKE = Message("Take {count:,} role", "Take {count:,} roles")
_TAKE_TITLE = Message("Take {count:,} role?", "Take {count:,} roles?")
_NEW = Message(
    "⚠ **{count:,} removal began to wait after this alert was posted**: marked 🆕.",
    "⚠ **{count:,} removals began to wait after this alert was posted**: marked 🆕.",
)
_LOSES = Message("{member} loses {role}")
_IN_THE_FILE = Message("… and {more:,} more: all of them, with their reasons, are in the file.")
_FILE_LINE = Message("member {member} loses role {role} (gate #{gate}): {reason}")
_APPROVED = Message(
    "{count:,} removal will be made, if their members still do not qualify.",
    "{count:,} removals will be made, if their members still do not qualify.",
)


def nothing_embed() -> discord.Embed:
    """There is nothing to decide about."""
    return done_embed(_NOTHING_TITLE().render(), _NOTHING_WAITS().render())


async def hold_note(sync: Sync, guild_id: int) -> str:
    """That an approval has no effect while an admin holds all removals; "": nobody does."""
    holds = (await sync.status(guild_id)).holds
    return _UNDER_A_HOLD().render() if any(hold.cause is Cause.ADMIN for hold in holds) else ""


def waiting_of(staged: Sequence[Staged]) -> list[Staged]:
    """Those about which nobody has decided."""
    return [one for one in staged if one.state is StagedState.WAITING]


async def ask_to_approve(
    interaction: discord.Interaction[Any],
    waiting: Sequence[Staged],
    sync: Sync,
    guild_of: Callable[[discord.Interaction[Any]], Awaitable[int]],
    *,
    expires: float,
    host: Host,
    alert_at: datetime | None = None,
    approved: Callable[[discord.Interaction[Any], int], Awaitable[None]] | None = None,
) -> None:
    """Show the question, and approve what it lists if that is confirmed.

    Args:
        interaction: Deferred.
        waiting: What is approved.
        sync: Is given the decision.
        guild_of: The server of a press, for those who may decide there.
        expires: As for every panel.
        host: Likewise.
        alert_at: When the alert was posted whose button was pressed: what waits since is marked.
        approved: Gets how many were approved.
    """
    shown = frozenset((one.gate.gate_id, one.user_id) for one in waiting)

    async def approve(press: discord.Interaction[Any]) -> discord.Embed:
        guild_id = await guild_of(press)
        count = await sync.approve(guild_id, by=press.user.id, only=shown)
        if approved:
            await approved(press, count)
        return done_embed(_APPROVED_TITLE().render(), approved_words(count, await hold_note(sync, guild_id)))

    note = await hold_note(sync, interaction.guild_id or 0)
    embed, is_whole = question_embed(waiting, alert_at, note)
    label = _TAKE(count=len(waiting)).render()
    panel = ConfirmView(interaction, label, approve, expires=expires, host=host)
    files = [] if is_whole else [discord.File(io.BytesIO(list_of(waiting).encode()), filename="removals.txt")]
    await sending.edit_answer(interaction, embed=embed, view=panel, attachments=files)


def question_embed(waiting: Sequence[Staged], alert_at: datetime | None, note: str = "") -> tuple[discord.Embed, bool]:
    """The question, and whether all that would be taken is listed in it; `note`: see `hold_note`."""
    new = [one for one in waiting if alert_at and one.since > alert_at]
    parts = [_IF_STILL().render(), *([f"⚠ {note}"] if note else [])]
    if new:
        parts.append(_NEW(count=len(new)).render())
    lines, length = [], 0
    for one in waiting:
        words = _LOSES(member=f"<@{one.user_id}>", role=f"<@&{one.gate.role_id}>").render()
        line = f"{words} 🆕" if one in new else words
        length += len(line) + 1
        if length > _LISTED:
            break
        lines.append(line)
    if more := len(waiting) - len(lines):
        lines.append(_IN_THE_FILE(more=more).render())
    title = _TAKE_TITLE(count=len(waiting)).render()
    embed = discord.Embed(title=title, description="\n\n".join([*parts, "\n".join(lines)]), colour=CAUTION)
    return embed, not more


def list_of(waiting: Sequence[Staged]) -> str:
    """All of it as a file: ids, as names are not known of everybody."""
    lines = (
        _FILE_LINE(
            member=str(one.user_id),
            role=str(one.gate.role_id),
            gate=str(one.gate.gate_id),
            reason=safe_text(one.sentence, _LONGEST_REASON, plain=True),
        )
        for one in waiting
    )
    return "\n".join(line.render() for line in lines)


def approved_words(count: int, note: str = "") -> str:
    """What was approved; `note`: see `hold_note`."""
    if not count:
        return _NOTHING_WAITS().render()
    words = _APPROVED(count=count).render()
    return f"{words}\n⚠ {note}" if note else words
