"""What a server's moderators vouch for → embeds: for moderators, who learn nothing, and for the member, who decides.

Only the member sees the whole address, in private messages: they must recognise it.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cogs.linking.link_embeds import Overview, account_words
from bot.holdings import Account
from bot.links import Vouch
from bot.signing.signature import checksummed
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION

_NAME = 80

_TERMS = (
    "If you confirm, it counts as proven in that server alone: no other server sees it, and it takes no place among "
    "your accounts. You can take it back in `/accounts` there."
)
_NOT_YOURS = "**Not yours, or not sure? Decline.** The moderator is not notified of what you answer."
# The same if the member signed, if somebody else did, and if nobody did.
_OUTWEIGHED = "It does not count here now: somebody's signature outweighs it, or who owns it is not confirmed."


def asked_embed(account: Account, member: str) -> discord.Embed:
    """The answer to a moderator who vouches: the same, whatever is known of that account or member elsewhere."""
    who, what = f"**{safe_text(member, _NAME)}**", f"`{account_words(account)}`"
    asked = (
        f"{who} is asked whether {what} is theirs: by direct message if they accept any, else below their next command "
        "here, and in `/accounts` here."
    )
    later = "It counts in this server once they confirm. `/unvouch` takes it back. It is recorded that you did this."
    return _embed("Asked", [asked, later])


def withdrawn_embed(account: Account, member: str) -> discord.Embed:
    """The answer to a moderator who takes it back, whether there was anything or not."""
    line = f"No moderator of this server vouches for `{account_words(account)}` of **{safe_text(member, _NAME)}** now."
    return _embed("Taken back", [line])


def question_embed(vouch: Vouch, guild_name: str) -> discord.Embed:
    """The question to the member, for a direct message or below an answer that only they see."""
    where = f" of **{safe_text(guild_name, _NAME)}**" if guild_name else ""
    lines = [f"A moderator{where} says that `{vouch.account}` is yours, {_owner(vouch)}.", _TERMS, _NOT_YOURS]
    return _embed("Is this account yours?", lines, caution=True)


def confirmed_words(vouch: Vouch, *, counts: bool) -> str:
    """What a confirmation led to."""
    here = "It counts in the server whose moderator vouches for it, and nowhere else."
    return f"You confirmed `{account_words(vouch.account)}`. {here if counts else _OUTWEIGHED}"


def declined_words(vouch: Vouch) -> str:
    """What declining led to, before or after it was confirmed."""
    return f"Nobody vouches for `{account_words(vouch.account)}` of yours any more. Nothing else was changed."


def answered_embed(words: str) -> discord.Embed:
    """The result, in place of the question."""
    return _embed("Answered", [words])


def vouches_embeds(overview: Overview) -> list[discord.Embed]:
    """What stands above the list of `/accounts` in a server: the oldest question, and what was confirmed there."""
    embeds = []
    asked = [vouch for vouch in overview.vouches if vouch.confirmed_at is None]
    if asked:
        embed = question_embed(asked[0], "this server")
        if len(asked) > 1:
            embed.set_footer(text=f"1 of {len(asked)}: the next one follows when you have answered.")
        embeds.append(embed)
    confirmed = [vouch for vouch in overview.vouches if vouch.confirmed_at is not None]
    if confirmed:
        embeds.append(_embed("Vouched for in this server", [_line(vouch, overview) for vouch in confirmed]))
    return embeds


def _line(vouch: Vouch, overview: Overview) -> str:
    found = overview.proven.accounts.get(vouch.account)
    if found is None or found.is_signed:
        state = _OUTWEIGHED
    else:
        state = f"counts in this server alone, since {discord.utils.format_dt(found.proven_at, 'R')}"
    return f"▫️ `{account_words(vouch.account)}` · {state}"


def _owner(vouch: Vouch) -> str:
    return f"owned by\n`{checksummed(vouch.owner)}`"


def _embed(title: str, lines: Sequence[str], *, caution: bool = False) -> discord.Embed:
    return discord.Embed(title=title, description="\n".join(lines), colour=CAUTION if caution else BRAND)
