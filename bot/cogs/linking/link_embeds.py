"""Members' accounts → embeds: what was linked, what is shown of an account, and what is removed.

Addresses are short; the full one is shown only where it must be compared. Labels and names pass `safe_text()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.cogs.linking import link_sentences as say
from bot.holdings import Account
from bot.linking.accounts import LinkResult
from bot.linking.contest_rules import REFUSAL_PERIOD
from bot.linking.upkeep import AUDIT_RETAINED
from bot.links import (
    MAX_LABEL,
    Contest,
    FrozenAddress,
    Link,
    Membership,
    Proven,
    ProvenAccount,
    Share,
    Vouch,
)
from bot.messages import Message, Words
from bot.signing.signature import checksummed
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, short_address

_NAME = 80
_MOST_COSTS = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """What `/accounts` shows: a member's links, contests about them, and what others see of them.

    `proven` says which of them count where it is shown, `vouches` what moderators of that server vouch for. `here` is
    the member in the server where they ask; None where nothing can be shared. `sharing` says what is shared, and
    `sharing_briefly` the same where there is no room for it; `kept_out`: which accounts the member does not let count
    in that server.
    """

    proven: Proven
    links: Sequence[Link] = ()
    held: Sequence[Contest] = ()
    opened: Sequence[Contest] = ()
    frozen: Sequence[FrozenAddress] = ()
    shares: Sequence[Share] = ()
    sharing: str = ""
    sharing_briefly: str = ""
    here: Membership | None = None
    vouches: Sequence[Vouch] = ()
    kept_out: frozenset[Account] = frozenset()

    @property
    def is_empty(self) -> bool:
        """No account is linked, and nobody vouches for one."""
        return not self.links and not self.vouches

    def find(self, account: str) -> Link | None:
        """The link of an account, `network:id`."""
        return next((link for link in self.links if str(link.account) == account), None)

    def contest_of(self, link: Link) -> Contest | None:
        """The contest about the address of a link, where its member has proven that."""
        return next((contest for contest in self.held if contest.owner == link.owner), None)

    def is_shared_here(self, account: Account) -> bool:
        """Whether others in this server may see an account."""
        return any(
            self.here and (share.guild_id, share.account) == (self.here.guild_id, account) for share in self.shares
        )

    def claim_of(self, link: Link) -> Contest | None:
        """The contest in which the member claims the address of a link."""
        return next((contest for contest in self.opened if contest.owner == link.owner), None)


def account_words(account: Account) -> str:
    """`loopring:10001`, `eip155:1:0x19e7…ff2a`."""
    return f"{account.network}:{short_address(account.account_id)}"


def owner_words(owner: str) -> str:
    """`0x19E7…ff2A`, as wallets show it."""
    return short_address(checksummed(owner))


def linked_embed(linked: LinkResult, proven: Proven) -> discord.Embed:
    """The answer to `/link`."""
    link, proof = linked.link, proven.of(linked.link)
    lines = [_introduction(link)]
    if proof:
        lines.append(proof_in(proof, say.ALREADY_PROVEN, say.ALREADY_VOUCHED))
    else:
        lines.append(say.UNPROVEN_YET().render())
    if linked.unknown_reason:
        lines.append(say.OWNER_UNCERTAIN().render())
    if link.is_main:
        lines.append(say.IS_MAIN().render())
    if linked.understood:
        lines.append(f"-# {linked.understood.render()}")
    title = (
        say.PROVEN
        if proven.is_signed(link)
        else say.LINKED
        if proof
        else say.NOT_PROVEN_YET
        if linked.is_new
        else say.ALREADY_LINKED
    )
    return _embed(title, lines)


def remove_embed(link: Link, overview: Overview, cost: Sequence[str] = ()) -> discord.Embed:
    """The confirmation before an account is removed: what is lost with it; `cost`: roles."""
    lines = [say.WILL_BE_REMOVED(account=f"`{account_words(link.account)}`").render()]
    if any(other.owner == link.owner and other.account != link.account for other in overview.links if link.owner):
        lines.append(say.PROOF_STAYS().render())
    elif overview.contest_of(link):
        lines.append(say.GOES_TO_ANOTHER().render())
    elif overview.claim_of(link):
        lines.append(say.CLAIM_ENDS().render())
    elif overview.proven.is_signed(link):
        lines.append(say.PROOF_LOST().render())
    lines += cost_lines(cost)
    return _embed(say.ASK_UNLINK, lines, caution=True)


def keep_out_embed(link: Link, cost: Sequence[str]) -> discord.Embed:
    """The confirmation before an account is kept out of a server where it earns roles."""
    words = say.WILL_NOT_COUNT(account=f"`{account_words(link.account)}`").render()
    return _embed(say.ASK_KEEP_OUT, [words, *cost_lines(cost)], caution=True)


def cost_lines(cost: Sequence[str]) -> list[str]:
    """Which roles something costs that is to be confirmed."""
    return [say.LOSE_AT_ONCE().render(), *(f"▫️ {each}" for each in cost[:_MOST_COSTS])] if cost else []


def with_taken(words: str, taken: Sequence[str]) -> str:
    """What was done, and the roles that were taken for it."""
    return "\n".join([words, *([say.ROLES_COST().render(), *taken[:_MOST_COSTS]] if taken else [])])


def removed_words(link: Link, *, with_proof: bool) -> str:
    """What was removed."""
    message = say.REMOVED_WITH_PROOF if with_proof else say.REMOVED
    return message(account=f"`{account_words(link.account)}`").render()


def unlinked_words(link: Link, *, with_proof: bool) -> str:
    """The same as a sentence."""
    message = say.UNLINKED_WITH_PROOF if with_proof else say.UNLINKED
    return message(account=f"`{account_words(link.account)}`").render()


def delete_embed(count: int, backups: timedelta | None, cost: Sequence[str] = ()) -> discord.Embed:
    """The confirmation before everything is deleted, with the roles that it costs.

    `backups` is how old they get, None: the operator decides.
    """
    days = {"audit_days": AUDIT_RETAINED.days, "refusal_days": REFUSAL_PERIOD.days}
    retained = say.RETAINED_FOR(count=backups.days, **days) if backups else say.RETAINED(**days)
    lines = [
        say.DELETED(count=count).render(),
        *cost_lines(cost),
        retained.render(),
        say.WHAT_IS_STORED().render(),
    ]
    return _embed(say.ASK_DELETE, lines, caution=True)


def main_words(proof: ProvenAccount | None, member: str = "") -> Words:
    """Whose account it is, for the header of its collections: shared by `member`, or "": one's own main one."""
    if not member:
        return _by_proof(proof, say.MAIN_PROVEN, say.MAIN_VOUCHED, say.MAIN_UNPROVEN)()
    shared = _by_proof(proof, say.SHARED_PROVEN, say.SHARED_VOUCHED, say.SHARED_UNPROVEN)
    return shared(member=f"**{safe_text(member, _NAME)}**")


def choice_words(link: Link) -> str:
    """An account as a suggestion or an option of a menu: plain text, at most 100."""
    called = safe_text(link.label or link.name, 2 * MAX_LABEL, plain=True)
    label = f"{called} · " if called else ""
    return f"{label}{account_words(link.account)}{' · ★' if link.is_main else ''}"[:100]


def state_words(link: Link, proof: ProvenAccount | None) -> str:
    """What a menu says below an account."""
    owner = f"{owner_words(link.owner)} · " if link.owner else ""
    state = _by_proof(proof, say.SHORT_PROVEN, say.SHORT_VOUCHED, say.SHORT_UNPROVEN)
    return f"{owner}{state().render()}"


def moment_words(moment: datetime) -> str:
    """A moment, and how far it is."""
    return f"{discord.utils.format_dt(moment, 'f')} ({discord.utils.format_dt(moment, 'R')})"


def _introduction(link: Link) -> str:
    """An account with its name and its owner, as far as it has these."""
    account = f"`{account_words(link.account)}`"
    name = safe_text(link.name, _NAME) if link.name else ""
    owner = f"`{owner_words(link.owner)}`" if link.owner else ""
    if name and owner:
        return say.NAMED_AND_OWNED(name=name, account=account, owner=owner).render()
    if name:
        return say.NAMED(name=name, account=account).render()
    return say.OWNED(account=account, owner=owner).render() if owner else account


def proof_in(proof: ProvenAccount, proven: Message, vouched: Message) -> str:
    """A sentence on how an account is proven, and since when."""
    when = discord.utils.format_dt(proof.proven_at, "R")
    return (proven(how=proof.kind.description, when=when) if proof.kind else vouched(when=when)).render()


def _by_proof(proof: ProvenAccount | None, proven: Message, vouched: Message, unproven: Message) -> Message:
    if proof is None:
        return unproven
    return proven if proof.is_signed else vouched


def _embed(title: Message, lines: Sequence[str], *, caution: bool = False) -> discord.Embed:
    return discord.Embed(title=title().render(), description="\n".join(lines), colour=CAUTION if caution else BRAND)
