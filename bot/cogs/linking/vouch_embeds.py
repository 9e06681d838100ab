"""What a server's moderators vouch for → embeds: for moderators, who learn nothing, and for the member, who decides.

Only the member sees the whole address, in private messages: they must recognise it.
"""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot.cogs.linking.link_embeds import Overview, account_words
from bot.holdings import Account
from bot.links import Vouch
from bot.messages import Message, Words
from bot.signing.signature import checksummed
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION

_NAME = 80

_ASKED = Message("Asked")
_IS_ASKED = Message(
    "{member} is asked whether {account} is theirs: by direct message if they accept any, else below their next "
    "command here, and in `/accounts` here."
)
_COUNTS_LATER = Message(
    "It counts in this server once they confirm. `/unvouch` takes it back. It is recorded that you did this."
)
_TAKEN_BACK = Message("Taken back")
_NOBODY_VOUCHES = Message("No moderator of this server vouches for {account} of {member} now.")
_IS_IT_YOURS = Message("Is this account yours?")
_SAID = Message("A moderator says that {account} is yours, owned by\n{owner}.")
_SAID_HERE = Message("A moderator of **this server** says that {account} is yours, owned by\n{owner}.")
_SAID_IN = Message("A moderator of {server} says that {account} is yours, owned by\n{owner}.")
_TERMS = Message(
    "If you confirm, it counts as proven in that server alone: no other server sees it, and it takes no place among "
    "your accounts. You can take it back in `/accounts` there."
)
_NOT_YOURS = Message("**Not yours, or not sure? Decline.** The moderator is not notified of what you answer.")
# The same if the member signed, if somebody else did, and if nobody did.
_OUTWEIGHED = Message("It does not count here now: somebody's signature outweighs it, or who owns it is not confirmed.")
_CONFIRMED = Message("You confirmed {account}.")
_COUNTS = Message("It counts in the server whose moderator vouches for it, and nowhere else.")
_DECLINED = Message("Nobody vouches for {account} of yours any more. Nothing else was changed.")
_ANSWERED = Message("Answered")
_ONE_OF = Message("1 of {total}: the next one follows when you have answered.")
_VOUCHED_HERE = Message("Vouched for in this server")
_MORE = Message("… and {count:,} more", "… and {count:,} more")
_COUNTS_SINCE = Message("counts in this server alone, since {when}")


def asked_embed(account: Account, member: str) -> discord.Embed:
    """The answer to a moderator who vouches: the same, whatever is known of that account or member elsewhere."""
    who, what = f"**{safe_text(member, _NAME)}**", f"`{account_words(account)}`"
    return _embed(_ASKED, [_IS_ASKED(member=who, account=what).render(), _COUNTS_LATER().render()])


def withdrawn_embed(account: Account, member: str) -> discord.Embed:
    """The answer to a moderator who takes it back, whether there was anything or not."""
    who, what = f"**{safe_text(member, _NAME)}**", f"`{account_words(account)}`"
    return _embed(_TAKEN_BACK, [_NOBODY_VOUCHES(account=what, member=who).render()])


def question_embed(vouch: Vouch, guild_name: str) -> discord.Embed:
    """The question to the member, for a direct message or below an answer that only they see."""
    what = _what(vouch)
    said = _SAID_IN(server=f"**{safe_text(guild_name, _NAME)}**", **what) if guild_name else _SAID(**what)
    return _question(said)


def confirmed_words(vouch: Vouch, *, counts: bool) -> str:
    """What a confirmation led to."""
    confirmed = _CONFIRMED(account=f"`{account_words(vouch.account)}`").render()
    return f"{confirmed} {(_COUNTS if counts else _OUTWEIGHED)().render()}"


def declined_words(vouch: Vouch) -> str:
    """What declining led to, before or after it was confirmed."""
    return _DECLINED(account=f"`{account_words(vouch.account)}`").render()


def answered_embed(words: str) -> discord.Embed:
    """The result, in place of the question."""
    return _embed(_ANSWERED, [words])


def vouches_embeds(overview: Overview, most: int | None = None) -> list[discord.Embed]:
    """What stands above the list of `/accounts` in a server: the oldest question, and what was confirmed there.

    `most`: so many of these are listed, the others counted.
    """
    embeds = []
    asked = [vouch for vouch in overview.vouches if vouch.confirmed_at is None]
    if asked:
        embed = _question(_SAID_HERE(**_what(asked[0])))
        if len(asked) > 1:
            embed.set_footer(text=_ONE_OF(total=len(asked)).render())
        embeds.append(embed)
    confirmed = [vouch for vouch in overview.vouches if vouch.confirmed_at is not None]
    if confirmed:
        listed = confirmed[:most]
        lines = [_line(vouch, overview) for vouch in listed]
        if more := len(confirmed) - len(listed):
            lines.append(_MORE(count=more).render())
        embeds.append(_embed(_VOUCHED_HERE, lines))
    return embeds


def _line(vouch: Vouch, overview: Overview) -> str:
    found = overview.proven.accounts.get(vouch.account)
    if found is None or found.is_signed:
        state = _OUTWEIGHED().render()
    else:
        state = _COUNTS_SINCE(when=discord.utils.format_dt(found.proven_at, "R")).render()
    return f"▫️ `{account_words(vouch.account)}` · {state}"


def _what(vouch: Vouch) -> dict[str, str]:
    return {"account": f"`{vouch.account}`", "owner": f"`{checksummed(vouch.owner)}`"}


def _question(said: Words) -> discord.Embed:
    lines = [said.render(), _TERMS().render(), _NOT_YOURS().render()]
    return _embed(_IS_IT_YOURS, lines, caution=True)


def _embed(title: Message, lines: Sequence[str], *, caution: bool = False) -> discord.Embed:
    return discord.Embed(title=title().render(), description="\n".join(lines), colour=CAUTION if caution else BRAND)
