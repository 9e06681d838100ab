"""Members' accounts → embeds: what is linked, what is contested or frozen, and what is removed.

Addresses are short; the full one is shown only where it must be compared. Labels and names pass `safe_text()`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import discord

from bot.holdings import Account
from bot.linking.accounts import LinkResult
from bot.linking.contest_rules import REFUSAL_PERIOD
from bot.linking.upkeep import AUDIT_RETAINED
from bot.links import (
    MAX_LABEL,
    MAX_LINKS,
    Contest,
    FreezeReason,
    FrozenAddress,
    Link,
    Membership,
    Proven,
    ProvenAccount,
    Share,
    Vouch,
)
from bot.signing.signature import checksummed
from bot.text import safe_text
from bot.text.plural import plural
from bot.ui.embeds import BRAND, CAUTION, short_address

_NAME = 80
_MOST_COSTS = 10

ASK_OPERATOR = "Tell the operator of this bot what you know: who runs it can see who signed, and when."
_FREEZE_REASONS = {
    FreezeReason.MOVES: "moved from one member to another twice within a month",
    FreezeReason.CLAIMS: "was claimed again and again",
}
_FROZEN = (
    "It moves no more until the operator decides: without a limit in time. Till then a role is neither given nor taken "
    f"for it. If its key is yours, press **Prove** or **Prove again** and sign once more. {ASK_OPERATOR}"
)


@dataclass(frozen=True, slots=True)
class Overview:
    """What `/accounts` shows: a member's links, contests about them, and what others see of them.

    `proven` says which of them count where it is shown, `vouches` what moderators of that server vouch for. `here` is
    the member in the server where they ask; None where nothing can be shared. `sharing` says what is shared, `kept_out`
    which accounts the member does not let count in that server.
    """

    proven: Proven
    links: Sequence[Link] = ()
    held: Sequence[Contest] = ()
    opened: Sequence[Contest] = ()
    frozen: Sequence[FrozenAddress] = ()
    shares: Sequence[Share] = ()
    sharing: str = ""
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
    owner = f", owner `{owner_words(link.owner)}`" if link.owner else ""
    name = f"{safe_text(link.name, _NAME)} is " if link.name else ""
    lines = [f"{name}`{account_words(link.account)}`{owner}"]
    if proof:
        lines.append(f"It is already {_proof(proof)}.")
    else:
        lines.append("It is **unproven**: `/collections` shows it, and it never counts for roles until you prove it.")
    if linked.unknown_reason:
        lines.append("Its owner is not known for certain yet. Tessera will find out when you prove it.")
    if link.is_main:
        lines.append("It is your main account: `/collections` without an account shows it.")
    if linked.understood:
        lines.append(f"-# {linked.understood.render()}")
    title = (
        "Proven"
        if proven.is_signed(link)
        else "Linked"
        if proof
        else "Linked, not proven yet"
        if linked.is_new
        else "Already linked"
    )
    return _embed(title, lines)


def overview_embeds(overview: Overview, done: str = "") -> list[discord.Embed]:
    """The answer to `/accounts`: the list, and below it what is contested; `done` says what was just done."""
    lines = [done, ""] if done else []
    if not overview.links and overview.vouches:
        lines.append("You have no account linked. `/link` adds one, `/verify` proves that it is yours.")
    lines += [_line(link, overview) for link in overview.links]
    if overview.links:
        lines += ["", overview.sharing]
    embeds = [_embed("Your accounts", lines)] if lines else []
    # An address is contested or frozen, never both, and is that of a link: there are no more than links.
    if contested := [*map(_held, overview.held), *map(_opened, overview.opened)][:MAX_LINKS]:
        embeds.append(_embed("Contested", contested, caution=True))
    if frozen := [*map(_frozen, overview.frozen)][: MAX_LINKS - len(contested)]:
        embeds.append(_embed("Frozen", [*frozen, _FROZEN], caution=True))
    return embeds


def remove_embed(link: Link, overview: Overview, cost: Sequence[str] = ()) -> discord.Embed:
    """The confirmation before an account is removed: what is lost with it; `cost`: roles."""
    lines = [f"`{account_words(link.account)}` is removed from your list."]
    if any(other.owner == link.owner and other.account != link.account for other in overview.links if link.owner):
        lines.append(
            "Another account of yours has the same owner, so its proof or claim stays. Roles it earned are removed."
        )
    elif overview.contest_of(link):
        lines.append("⚠️ Another member claims its address, and **gets it at once**.")
    elif overview.claim_of(link):
        lines.append("⚠️ Your **claim** to its address ends. If you claim it again, that takes a week or longer.")
    elif overview.proven.is_signed(link):
        lines.append(
            "Its **proof** is lost, and so are the **roles** that it earned. To get them back, prove it again."
        )
    lines += cost_lines(cost)
    return _embed("Unlink this account?", lines, caution=True)


def keep_out_embed(link: Link, cost: Sequence[str]) -> discord.Embed:
    """The confirmation before an account is kept out of a server where it earns roles."""
    words = (
        f"`{account_words(link.account)}` will not count for any role in this server. It stays linked and proven, "
        "counts elsewhere as before, and can be let in again here at any time."
    )
    return _embed("Keep this account out of this server?", [words, *cost_lines(cost)], caution=True)


def cost_lines(cost: Sequence[str]) -> list[str]:
    """Which roles something costs that is to be confirmed."""
    return ["**You lose at once:**", *(f"▫️ {each}" for each in cost[:_MOST_COSTS])] if cost else []


def with_taken(words: str, taken: Sequence[str]) -> str:
    """What was done, and the roles that were taken for it."""
    return "\n".join([words, *(["Roles that this cost:", *taken[:_MOST_COSTS]] if taken else [])])


def removed_words(link: Link, *, with_proof: bool) -> str:
    """What was removed."""
    return f"`{account_words(link.account)}`{' and its proof' if with_proof else ''}."


def delete_embed(count: int, backups: timedelta | None, cost: Sequence[str] = ()) -> discord.Embed:
    """The confirmation before everything is deleted, with the roles that it costs.

    `backups` is how old they get, None: the operator decides.
    """
    deleted = (
        f"**Deleted at once:** {plural(count, 'account')} with labels and proofs, what you share, proofs in "
        "progress, claims and notifications. Roles that your accounts earned are removed. An address that another "
        "member claims goes to them."
    )
    in_backups = f"for up to {plural(backups.days, 'day')}" if backups else "until its operator removes them"
    retained = (
        f"**Retained:** for {AUDIT_RETAINED.days} days, records of what was done, under a pseudonym and without "
        f"accounts; for {REFUSAL_PERIOD.days} days, that a claim of yours was refused, under keyed hashes; for a year, "
        "how often an address was claimed, and that it is frozen, under a keyed hash of it alone; in backups, "
        f"everything, {in_backups}."
    )
    lines = [deleted, *cost_lines(cost), retained, "`/privacy export` shows what is stored."]
    return _embed("Delete everything about you?", lines, caution=True)


def main_words(proof: ProvenAccount | None, member: str = "") -> str:
    """Whose account it is, for the header of its collections: shared by `member`, or "": one's own main one."""
    whose = f"Shared by **{safe_text(member, _NAME)}**" if member else "Your main account"
    return f"{whose}, {_short_proof(proof) if proof else '*unproven*'}"


def choice_words(link: Link) -> str:
    """An account as a suggestion or an option of a menu: plain text, at most 100."""
    called = safe_text(link.label or link.name, 2 * MAX_LABEL, plain=True)
    label = f"{called} · " if called else ""
    return f"{label}{account_words(link.account)}{' · ★' if link.is_main else ''}"[:100]


def state_words(link: Link, proof: ProvenAccount | None) -> str:
    """What a menu says below an account."""
    owner = f"{owner_words(link.owner)} · " if link.owner else ""
    return f"{owner}{_short_proof(proof) if proof else 'unproven'}"


def moment_words(moment: datetime) -> str:
    """A moment, and how far it is."""
    return f"{discord.utils.format_dt(moment, 'f')} ({discord.utils.format_dt(moment, 'R')})"


def _line(link: Link, overview: Overview) -> str:
    proof = overview.proven.of(link)
    out = " · **kept out of this server**" if link.account in overview.kept_out else ""
    star = "★ " if link.is_main else "▫️ "
    label = f"**{safe_text(link.label, 2 * MAX_LABEL)}** · " if link.label else ""
    label += f"{safe_text(link.name, _NAME)} · " if link.name else ""
    owner = f" · `{owner_words(link.owner)}`" if link.owner else ""
    return f"{star}{label}`{account_words(link.account)}`{owner} · {_proof(proof) if proof else '*unproven*'}{out}"


def _proof(proof: ProvenAccount) -> str:
    how = f"proven by {proof.kind.description}" if proof.kind else "vouched for by a moderator, in this server alone,"
    return f"{how} {discord.utils.format_dt(proof.proven_at, 'R')}"


def _short_proof(proof: ProvenAccount) -> str:
    return "proven" if proof.is_signed else "vouched for by a moderator here"


def _held(contest: Contest) -> str:
    what = f"⚠️ Another member claims `{owner_words(contest.owner)}`: it moves to them {moment_words(contest.ends_at)}"
    if contest.objected_at:
        return f"{what}, unless you press **Prove again** and sign before then. You objected, which gives you a week."
    return (
        f"{what}. Not you? Choose it below, press **Prove again** and sign: then it stays yours. If you cannot sign "
        "now, **Object** gives you a week."
    )


def _opened(contest: Contest) -> str:
    when = moment_words(contest.ends_at)
    return (
        f"You claim `{owner_words(contest.owner)}`: it becomes yours {when}, unless its holder signs again before then."
    )


def _frozen(address: FrozenAddress) -> str:
    since = discord.utils.format_dt(address.frozen_at, "d")
    return f"⚠️ `{owner_words(address.owner)}` {_FREEZE_REASONS[address.reason]}: frozen since {since}."


def _embed(title: str, lines: Sequence[str], *, caution: bool = False) -> discord.Embed:
    return discord.Embed(title=title, description="\n".join(lines), colour=CAUTION if caution else BRAND)
