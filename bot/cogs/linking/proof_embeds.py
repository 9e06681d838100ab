"""A proof in progress → embeds: what will happen, the text to sign elsewhere, and the result."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.cogs.linking.link_embeds import account_words, moment_words, owner_words
from bot.cogs.linking.notification_embeds import STAYS
from bot.linking.outcome import Outcome, Result
from bot.links import Link, Person
from bot.links.proofs import MAX_RELAYS, IssuedChallenge, ProofMethod
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
    "We only ever use `{site}`. Our direct messages never contain a link. We never ask for a transaction, a seed "
    "phrase, an L2 key or an API key. The link is for you alone: nobody else may open it."
)
_HOW_TO_PASTE = (
    "Sign the text above, exactly as it is, with the key of\n`{signer}`\n"
    "with any program that signs messages: Etherscan's *Verified Signatures*, `cast wallet sign`, your hardware "
    "wallet's own. That costs nothing and moves nothing. Then press **Paste the signature**.\n"
    "Sign only if the text names you. Never give anybody a seed phrase or a key: nobody needs one to check a signature."
)
_RELAYED = (
    "Somebody else, logged in to Discord as another user, opened your link. Nothing was linked. Links are for you "
    "alone: never send one to anybody. If that was you with a second Discord account, log in with the one that you "
    "use here."
)


def started_embed(
    person: Person, link: Link | None, method: ProofMethod, site: str, ends_at: datetime
) -> discord.Embed:
    """The steps of the proof, and what Tessera never asks for."""
    name = f"**{safe_text(person.name, _NAME)}**"
    steps = [step.format(name=name) for step in _STEPS[method]]
    embed = discord.Embed(
        title="Prove that it is yours",
        description="\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        colour=BRAND,
    )
    embed.add_field(name="Account", value=_claimed(link), inline=False)
    embed.add_field(name="Will be linked to", value=f"{name} (`{person.user_id}`)")
    embed.add_field(name="The link expires", value=discord.utils.format_dt(ends_at, "R"))
    return embed.add_field(name="Stay safe", value=_WARNING.format(site=site), inline=False)


def paste_text(challenge: IssuedChallenge) -> str:
    """The text to be signed, as content of a message: Discord shows a button there that copies it."""
    return f"```text\n{challenge.text}\n```"


def paste_embed(challenge: IssuedChallenge) -> discord.Embed:
    """How to sign the text above it."""
    embed = discord.Embed(
        title="Sign this text",
        description=_HOW_TO_PASTE.format(signer=checksummed(challenge.signer)),
        colour=BRAND,
    )
    return embed.add_field(name="The text is valid until", value=discord.utils.format_dt(challenge.expires_at, "R"))


def outcome_embed(outcome: Outcome) -> discord.Embed:
    """The result of the proof."""
    address = f"`{owner_words(outcome.owner)}`" if outcome.owner else "the account"
    if outcome.result is Result.LINKED:
        listed = ", ".join(f"`{account_words(to_account(account))}`" for account in outcome.accounts)
        return _embed("Linked", f"Linked {address} ({listed}). Not you? Press **Unlink**.", BRAND)
    if outcome.result is Result.CONTESTED:
        until = moment_words(outcome.until) if outcome.until else "soon"
        words = (
            f"Another member proved {address} before you, and is notified now. It becomes yours {until}, unless they "
            "sign again before then, or object, which gives them a week to sign. There is nothing more for you to do: "
            "you will be notified of the result."
        )
        return _embed("Your signature is right, but another member's came first", words, CAUTION)
    if outcome.result is Result.FROZEN:
        words = (
            f"More than one member signed for {address}, again and again, so that no signature can decide whose it is. "
            "The operator of this bot decides, and can see that you signed now. `/accounts` shows how it is."
        )
        return _embed("Your signature is right, but the operator must decide", words, CAUTION)
    if outcome.result is Result.KEPT:
        return _embed("It stays yours", f"You signed again for {address}. {STAYS}", BRAND)
    if outcome.result is Result.RELAYED:
        locked = f"\nThis happened {outcome.relays} times within a day: you cannot verify for a day."
        return _embed("Nothing was linked", _RELAYED + (locked if outcome.relays >= MAX_RELAYS else ""), FAULT)
    return _embed(
        "Cancelled", "“Not me” was pressed on the page. Nothing was linked. `/verify` makes a new link.", CAUTION
    )


def expired_embed() -> discord.Embed:
    """The link was not used in time."""
    return _embed("The link has expired", "Nothing was linked. `/verify` makes a new link.", CAUTION)


def replaced_embed() -> discord.Embed:
    """A newer link replaces this one."""
    return _embed("This link is not valid any more", "You have started again since: use the newer link.", CAUTION)


def relay_warning_embed(person: Person, guild_name: str, relays: int) -> discord.Embed:
    """The direct message to a server's owner about a member whose links others open."""
    where = f" in **{safe_text(guild_name, _NAME)}**" if guild_name else ""
    words = (
        f"Verification links of **{safe_text(person.name, _NAME)}** (`{person.user_id}`){where} were opened {relays} "
        "times within a day by people who are logged in to Discord as somebody else. This is how thieves work: others "
        "are made to sign for an account, which is then linked to the thief. Nothing was linked, and this member "
        "cannot verify for a day.\nAsk them about it, and remind your members never to open a link that somebody else "
        "made."
    )
    return _embed("Links of a member were opened by others", words, FAULT)


def _claimed(link: Link | None) -> str:
    if link is None:
        return "The account of the address that you connect."
    owner = f", owned by\n`{checksummed(link.owner)}`" if link.owner else ""
    return f"`{account_words(link.account)}`{owner}"


def _embed(title: str, words: str, colour: discord.Colour) -> discord.Embed:
    return discord.Embed(title=title, description=words, colour=colour)
