"""A proof in progress → embeds: what will happen, the text to sign elsewhere, and the result."""

from __future__ import annotations

from datetime import datetime

import discord

from bot.cogs.linking.link_embeds import account_words, moment_words, owner_words
from bot.cogs.linking.notification_embeds import SIGNED_AGAIN
from bot.linking.outcome import Outcome, Result
from bot.links import Link, Person
from bot.links.proofs import MAX_RELAYS, IssuedChallenge, ProofMethod
from bot.messages import Message, Words
from bot.signing.signature import checksummed
from bot.store.rows import to_account
from bot.text import safe_text
from bot.ui.embeds import BRAND, CAUTION, FAULT

_NAME = 80

_OPEN_PAGE = Message("Press **Open the page**.")
_LOG_IN = Message("Log in to Discord there, as {name}.")
_CONNECT = Message(
    "Connect your wallet, read the text that it shows, and sign it. That costs nothing and moves nothing."
)
_TYPE_CODE = Message("The page shows a code: press **Enter code** here, and type it.")
_STARTED = Message("Prove that it is yours")
_ACCOUNT = Message("Account")
_PERSON = Message("Will be linked to")
_EXPIRES = Message("The link expires")
_SAFETY = Message("Stay safe")
_ANY_ACCOUNT = Message("The account of the address that you connect.")
_OWNED = Message("{account}, owned by\n{owner}")
_WARNING = Message(
    "We only ever use `{site}`. Our direct messages never contain a link. We never ask for a transaction, a seed "
    "phrase, an L2 key or an API key. The link is for you alone: nobody else may open it."
)
_SIGN = Message("Sign this text")
_VALID_UNTIL = Message("The text is valid until")
_MEANING = Message("The text is in English, as wallets expect it; in your language it says")
_HOW_TO_PASTE = Message(
    "Sign the text above, exactly as it is, with the key of\n`{signer}`\n"
    "with any program that signs messages: Etherscan's *Verified Signatures*, `cast wallet sign`, your hardware "
    "wallet's own. That costs nothing and moves nothing. Then press **Paste the signature**.\n"
    "Sign only if the text names you. Never give anybody a seed phrase or a key: nobody needs one to check a signature."
)
_RELAYED = Message(
    "Somebody else, logged in to Discord as another user, opened your link. Nothing was linked. Links are for you "
    "alone: never send one to anybody. If that was you with a second Discord account, log in with the one that you "
    "use here."
)
_LOCKED = Message(
    "This happened {count:,} time within a day: you cannot verify for a day.",
    "This happened {count:,} times within a day: you cannot verify for a day.",
)
_THE_ACCOUNT = Message("the account")
_LINKED = Message("Linked")
_LINKED_ACCOUNTS = Message("Linked {address} ({accounts}). Not you? Press **Unlink**.")
_SOON = Message("soon")
_CONTESTED = Message("Your signature is right, but another member's came first")
_CONTEST = Message(
    "Another member proved {address} before you, and is notified now. It becomes yours {until}, unless they sign again "
    "before then, or object, which gives them a week to sign. There is nothing more for you to do: you will be "
    "notified of the result."
)
_FROZEN = Message("Your signature is right, but the operator must decide")
_FREEZE = Message(
    "More than one member signed for {address}, again and again, so that no signature can decide whose it is. The "
    "operator of this bot decides, and can see that you signed now. `/accounts` shows how it is."
)
_KEPT = Message("It stays yours")
_NOTHING_LINKED = Message("Nothing was linked")
_CANCELLED = Message("Cancelled")
_NOT_ME = Message("“Not me” was pressed on the page. Nothing was linked. `/verify` makes a new link.")
_EXPIRED = Message("The link has expired")
_NEW_LINK = Message("Nothing was linked. `/verify` makes a new link.")
_REPLACED = Message("This link is not valid any more")
_USE_NEWER = Message("You have started again since: use the newer link.")
_LINKS_OPENED = Message("Links of a member were opened by others")
_RELAY_WARNING = Message(
    "Verification links of {member} were opened {count:,} time within a day by people who are logged in to Discord as "
    "somebody else. This is how thieves work: others are made to sign for an account, which is then linked to the "
    "thief. Nothing was linked, and this member cannot verify for a day.\nAsk them about it, and remind your members "
    "never to open a link that somebody else made.",
    "Verification links of {member} were opened {count:,} times within a day by people who are logged in to Discord as "
    "somebody else. This is how thieves work: others are made to sign for an account, which is then linked to the "
    "thief. Nothing was linked, and this member cannot verify for a day.\nAsk them about it, and remind your members "
    "never to open a link that somebody else made.",
)
_MEMBER_IN = Message("{member} in {server}")
_STEPS = {
    ProofMethod.OAUTH: (_OPEN_PAGE, _LOG_IN, _CONNECT),
    ProofMethod.CODE: (_OPEN_PAGE, _CONNECT, _TYPE_CODE),
}


def started_embed(
    person: Person, link: Link | None, method: ProofMethod, site: str, ends_at: datetime
) -> discord.Embed:
    """The steps of the proof, and what Tessera never asks for."""
    name = f"**{safe_text(person.name, _NAME)}**"
    steps = [(step(name=name) if step.places else step()).render() for step in _STEPS[method]]
    embed = discord.Embed(
        title=_STARTED().render(),
        description="\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)),
        colour=BRAND,
    )
    embed.add_field(name=_ACCOUNT().render(), value=_claimed(link), inline=False)
    embed.add_field(name=_PERSON().render(), value=f"{name} (`{person.user_id}`)")
    embed.add_field(name=_EXPIRES().render(), value=discord.utils.format_dt(ends_at, "R"))
    return embed.add_field(name=_SAFETY().render(), value=_WARNING(site=site).render(), inline=False)


def paste_text(challenge: IssuedChallenge) -> str:
    """The text to be signed, as content of a message: Discord shows a button there that copies it."""
    return f"```text\n{challenge.text}\n```"


def paste_embed(challenge: IssuedChallenge, meaning: str = "") -> discord.Embed:
    """How to sign the text above it.

    Args:
        challenge: The text.
        meaning: What it says, in the reader's language; "": they read the text itself.
    """
    embed = discord.Embed(
        title=_SIGN().render(),
        description=_HOW_TO_PASTE(signer=checksummed(challenge.signer)).render(),
        colour=BRAND,
    )
    valid_until = discord.utils.format_dt(challenge.expires_at, "R")
    embed.add_field(name=_VALID_UNTIL().render(), value=valid_until)
    return embed.add_field(name=_MEANING().render(), value=meaning, inline=False) if meaning else embed


def outcome_embed(outcome: Outcome) -> discord.Embed:
    """The result of the proof."""
    address = f"`{owner_words(outcome.owner)}`" if outcome.owner else _THE_ACCOUNT()
    if outcome.result is Result.LINKED:
        listed = ", ".join(f"`{account_words(to_account(account))}`" for account in outcome.accounts)
        return _embed(_LINKED, _LINKED_ACCOUNTS(address=address, accounts=listed), BRAND)
    if outcome.result is Result.CONTESTED:
        until = moment_words(outcome.until) if outcome.until else _SOON()
        return _embed(_CONTESTED, _CONTEST(address=address, until=until), CAUTION)
    if outcome.result is Result.FROZEN:
        return _embed(_FROZEN, _FREEZE(address=address), CAUTION)
    if outcome.result is Result.KEPT:
        return _embed(_KEPT, SIGNED_AGAIN(address=address), BRAND)
    if outcome.result is Result.RELAYED:
        embed = _embed(_NOTHING_LINKED, _RELAYED(), FAULT)
        if outcome.relays >= MAX_RELAYS:
            embed.description = f"{embed.description}\n{_LOCKED(count=outcome.relays).render()}"
        return embed
    return _embed(_CANCELLED, _NOT_ME(), CAUTION)


def expired_embed() -> discord.Embed:
    """The link was not used in time."""
    return _embed(_EXPIRED, _NEW_LINK(), CAUTION)


def replaced_embed() -> discord.Embed:
    """A newer link replaces this one."""
    return _embed(_REPLACED, _USE_NEWER(), CAUTION)


def relay_warning_embed(person: Person, guild_name: str, relays: int) -> discord.Embed:
    """The direct message to a server's owner about a member whose links others open."""
    member = f"**{safe_text(person.name, _NAME)}** (`{person.user_id}`)"
    if guild_name:
        member = _MEMBER_IN(member=member, server=f"**{safe_text(guild_name, _NAME)}**").render()
    return _embed(_LINKS_OPENED, _RELAY_WARNING(member=member, count=relays), FAULT)


def _claimed(link: Link | None) -> str:
    if link is None:
        return _ANY_ACCOUNT().render()
    account = f"`{account_words(link.account)}`"
    return _OWNED(account=account, owner=f"`{checksummed(link.owner)}`").render() if link.owner else account


def _embed(title: Message, words: Words, colour: discord.Colour) -> discord.Embed:
    return discord.Embed(title=title().render(), description=words.render(), colour=colour)
