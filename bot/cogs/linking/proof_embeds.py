"""A proof under way → embeds: what will happen, the text to sign elsewhere, and what became of it."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.cogs.linking.link_embeds import STAYS, account_words, moment_words, owner_words
from bot.linking.outcome import Outcome, Result
from bot.links import Link, Person
from bot.proofs import MOST_RELAYS, IssuedChallenge, ProofMethod
from bot.signing.signature import checksummed
from bot.store.rows import to_account
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, FAULT

_NAME = 80

_STEPS = {
    ProofMethod.OAUTH: (
        "Press **Open the page**.",
        "Log in to Discord there, as {name}.",
        "Connect your wallet, read the text that it shows, and sign it. That costs nothing and moves nothing.",
    ),
    ProofMethod.CODE: (
        "Press **Open the page**.",
        "Connect your wallet, read the text that it shows, and sign it. That costs nothing and moves nothing.",
        "The page shows a code: press **Enter code** here, and type it.",
    ),
}
_WARNING = (
    "We only ever use `{site}`. Our direct messages never hold a link. We never ask for a transaction, a seed phrase, "
    "an L2 key or an API key. The link is for you alone: whoever opens it must be you."
)
_HOW_TO_PASTE = (
    "Sign the text above, exactly as it is, with the key of\n`{signer}`\n"
    "by any program that signs messages: Etherscan's *Verified Signatures*, `cast wallet sign`, your hardware wallet's "
    "own. That costs nothing and moves nothing. Then press **Paste the signature**.\n"
    "Sign only if it names you. Never give anybody a seed phrase or a key: nobody needs one to check a signature."
)
_RELAYED = (
    "Somebody else, logged in to Discord as another user, opened your link. Nothing was linked. Links are for you "
    "alone: never send one to anybody. If that was you with a second account of yours, log in as the one that you use "
    "here."
)


def started_embed(
    person: Person, link: Link | None, method: ProofMethod, site: str, ends_at: datetime
) -> discord.Embed:
    """What will happen, and what never will."""
    name = f"**{safe_text(person.name, _NAME)}**"
    steps = [step.format(name=name) for step in _STEPS[method]]
    embed = discord.Embed(
        title="Prove that it is yours",
        description="\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        colour=BRAND,
    )
    embed.add_field(name="Account", value=_claimed(link), inline=False)
    embed.add_field(name="Will be linked to", value=f"{name} (`{person.user_id}`)")
    embed.add_field(name="The link ends", value=discord.utils.format_dt(ends_at, "R"))
    return embed.add_field(name="Stay safe", value=_WARNING.format(site=site), inline=False)


def paste_text(challenge: IssuedChallenge) -> str:
    """The text to be signed, as content of a message: Discord shows a button there that copies it."""
    return f"```text\n{challenge.text}\n```"


def paste_embed(challenge: IssuedChallenge) -> discord.Embed:
    """How to sign the text that stands above."""
    embed = discord.Embed(
        title="Sign this text",
        description=_HOW_TO_PASTE.format(signer=checksummed(challenge.signer)),
        colour=BRAND,
    )
    return embed.add_field(name="The text is good until", value=discord.utils.format_dt(challenge.expires_at, "R"))


def outcome_embed(outcome: Outcome) -> discord.Embed:
    """What became of it."""
    address = f"`{owner_words(outcome.owner)}`" if outcome.owner else "the account"
    if outcome.result is Result.LINKED:
        listed = ", ".join(f"`{account_words(to_account(account))}`" for account in outcome.accounts)
        return _embed("Linked", f"Linked {address} ({listed}). Not you? Press **Unlink**.", BRAND)
    if outcome.result is Result.CONTESTED:
        until = moment_words(outcome.until) if outcome.until else "soon"
        words = (
            f"Another member has proven {address} before, and is told now. It becomes yours {until}, unless they sign "
            "again before, or object to have a week for that. There is nothing more to do: you are told how it ends."
        )
        return _embed("Your signature is right, but another member's came first", words, CAUTION)
    if outcome.result is Result.KEPT:
        return _embed("It stays yours", f"You signed again for {address}. {STAYS}", BRAND)
    if outcome.result is Result.RELAYED:
        locked = f"\nThat was {outcome.relays} times within a day: you cannot verify for a day."
        return _embed("Nothing was linked", _RELAYED + (locked if outcome.relays >= MOST_RELAYS else ""), FAULT)
    return _embed(
        "Cancelled", "“Not me” was pressed on the page. Nothing was linked. `/verify` makes a new link.", CAUTION
    )


def expired_embed() -> discord.Embed:
    """Nothing came in time."""
    return _embed("The link has expired", "Nothing was linked. `/verify` makes a new link.", CAUTION)


def replaced_embed() -> discord.Embed:
    """Only the latest one is good."""
    return _embed("This link is not valid any more", "You began anew since: use the newer one.", CAUTION)


def alarm_embed(person: Person, guild_name: str, relays: int) -> discord.Embed:
    """The direct message to a server's owner about a member whose links others open."""
    where = f" in **{safe_text(guild_name, _NAME)}**" if guild_name else ""
    words = (
        f"Verification links of **{safe_text(person.name, _NAME)}** (`{person.user_id}`){where} were opened {relays} "
        "times within a day by people who are logged in to Discord as somebody else. So does a thief work: others are "
        "to sign for an account that is then linked to the thief. Nothing was linked, and this member cannot verify "
        "for a day.\nAsk them; and tell your members that nobody ever has to open a link that somebody else made."
    )
    return _embed("Links of a member were opened by others", words, FAULT)


def _claimed(link: Link | None) -> str:
    if link is None:
        return "The one of the address that you connect."
    owner = f", owned by\n`{checksummed(link.owner)}`" if link.owner else ""
    return f"`{account_words(link.account)}`{owner}"


def _embed(title: str, words: str, colour: discord.Colour) -> discord.Embed:
    return discord.Embed(title=title, description=words, colour=colour)
