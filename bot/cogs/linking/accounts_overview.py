"""The answer to `/accounts`: everything in one message, and said more briefly where that would be too long for Discord.

It is longest when it matters most: where all that a member has is contested at once, as after a stolen seed phrase.
What is shared is shortened first, then what moderators vouch for, then each contest; what can be done is always said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import discord

from bot.cogs.linking import link_sentences as say
from bot.cogs.linking.link_embeds import Overview, account_words, moment_words, owner_words, proof_in
from bot.cogs.linking.vouch_embeds import vouches_embeds
from bot.links import MAX_LABEL, MAX_LINKS, Contest, FrozenAddress, Link
from bot.messages import Message
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, cut_lines, fit, is_within_limits

_NAME = 80
# Of what was just done, where there is little room: the roles that it cost, of many servers, can be much longer.
_DONE = 1000


@dataclass(frozen=True, slots=True)
class _Room:
    """How much is said: all shares, so many vouches, and whether each contest says what can be done about it."""

    shares: bool = True
    vouches: int | None = None
    contests: bool = True


# Each shorter than the one before; the first that fits is shown.
_ROOMS = (
    _Room(),
    _Room(shares=False),
    _Room(shares=False, vouches=1),
    _Room(shares=False, vouches=1, contests=False),
)


def overview_embeds(overview: Overview, done: str = "") -> list[discord.Embed]:
    """The list, what moderators vouch for above it, and what is contested below it; `done` says what was just done."""
    for room in _ROOMS:
        embeds = list(_embeds(overview, done if room.shares else cut_lines(done, _DONE), room))
        if is_within_limits(embeds):
            break
    return fit(embeds)


def _embeds(overview: Overview, done: str, room: _Room) -> Iterator[discord.Embed]:
    yield from vouches_embeds(overview, room.vouches)
    lines = [done, ""] if done else []
    if not overview.links and overview.vouches:
        lines.append(say.NOTHING_LINKED().render())
    lines += [_line(link, overview) for link in overview.links]
    if overview.links:
        lines += ["", overview.sharing if room.shares else overview.sharing_briefly]
    if lines:
        yield _embed(say.YOUR_ACCOUNTS, lines)
    # An address is contested or frozen, never both, and is that of a link: there are no more than links.
    held = overview.held[:MAX_LINKS]
    opened = overview.opened[: MAX_LINKS - len(held)]
    if held or opened:
        contested = _whole(held, opened) if room.contests else _brief(held, opened)
        yield _embed(say.CONTESTED, list(contested), caution=True)
    if frozen := [*map(_frozen, overview.frozen)][: MAX_LINKS - len(held) - len(opened)]:
        yield _embed(say.FROZEN, [*frozen, say.FROZEN_MEANS().render()], caution=True)


def _line(link: Link, overview: Overview) -> str:
    proof = overview.proven.of(link)
    state = proof_in(proof, say.IS_PROVEN, say.IS_VOUCHED) if proof else say.IS_UNPROVEN().render()
    out = f" · {say.IS_KEPT_OUT().render()}" if link.account in overview.kept_out else ""
    star = "★ " if link.is_main else "▫️ "
    label = f"**{safe_text(link.label, 2 * MAX_LABEL)}** · " if link.label else ""
    label += f"{safe_text(link.name, _NAME)} · " if link.name else ""
    owner = f" · `{owner_words(link.owner)}`" if link.owner else ""
    return f"{star}{label}`{account_words(link.account)}`{owner} · {state}{out}"


def _whole(held: Sequence[Contest], opened: Sequence[Contest]) -> Iterator[str]:
    for contest in held:
        yield _about(contest, say.HELD_AND_OBJECTED if contest.objected_at else say.HELD)
    for contest in opened:
        yield _about(contest, say.OPENED)


def _brief(held: Sequence[Contest], opened: Sequence[Contest]) -> Iterator[str]:
    """A line for each, and once what can be done about them."""
    for contest in held:
        yield _about(contest, say.HELD_AND_OBJECTED_BRIEFLY if contest.objected_at else say.HELD_BRIEFLY)
    if held:
        yield say.HELD_MEANS().render()
    for contest in opened:
        yield _about(contest, say.OPENED_BRIEFLY)
    if opened:
        yield say.OPENED_MEANS().render()


def _about(contest: Contest, message: Message) -> str:
    return message(owner=f"`{owner_words(contest.owner)}`", when=moment_words(contest.ends_at)).render()


def _frozen(address: FrozenAddress) -> str:
    since = discord.utils.format_dt(address.frozen_at, "d")
    return say.FROZEN_SINCE[address.reason](owner=f"`{owner_words(address.owner)}`", when=since).render()


def _embed(title: Message, lines: Sequence[str], *, caution: bool = False) -> discord.Embed:
    return discord.Embed(title=title().render(), description="\n".join(lines), colour=CAUTION if caution else BRAND)
