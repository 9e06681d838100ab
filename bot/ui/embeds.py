"""What all embeds share: colours, limits, how an error looks. No embed of ours is refused for its size.

Discord's limits (resources/message#embed-limits): title 256, description 4096, footer 2048, field 256/1024, 25 fields,
10 embeds and 6,000 characters over all embeds of a message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import discord

from bot.errors import (
    ConfigError,
    ContradictionError,
    InputError,
    LimitError,
    NotFoundError,
    NothingLinkedError,
    ProofError,
    RefusedError,
    SessionError,
    SourceError,
    StoreError,
    TesseraError,
    UndecidedError,
    WithdrawnError,
    WithheldError,
)
from bot.messages import Message
from bot.text import safe_image_url, utf16_units
from bot.ui.error_words import sentence_of

BRAND = discord.Colour(0xC8643C)  # terracotta, as tesserae were
CAUTION = discord.Colour(0xE0A030)
FAULT = discord.Colour(0xB03A3A)

DESCRIPTION = 4096
_ALL_EMBEDS = 6000
_FIELD = 1024
_SENTENCE = 1500
_NOT_IN_ADDRESSES = re.compile(r"[^0-9A-Za-z:.…-]")
_FOR_OPERATOR = Message("The operator of this bot has to fix this")
_WENT_WRONG = Message("Something went wrong")
# The first that fits: a narrower class is before the wider one.
_ERROR_TITLES: Mapping[type[TesseraError], Message] = {
    NothingLinkedError: Message("No account linked yet"),
    InputError: Message("Please check your request"),
    NotFoundError: Message("Not found"),
    WithdrawnError: Message("No longer shared"),
    SessionError: Message("No longer valid"),
    ProofError: Message("Not proven"),
    LimitError: Message("Limit reached"),
    UndecidedError: Message("This cannot be checked right now"),
    RefusedError: _FOR_OPERATOR,
    ContradictionError: _FOR_OPERATOR,
    StoreError: _FOR_OPERATOR,
    ConfigError: _FOR_OPERATOR,
    WithheldError: Message("The data source does not answer this"),
    SourceError: Message("The data source does not answer"),
}


def cut_sentence(sentence: str) -> str:
    """One of our sentences, which may quote something long."""
    # By characters, each of which is at most two units.
    return sentence if utf16_units(sentence) <= _SENTENCE else sentence[: _SENTENCE // 2 - 1] + "…"


def error_embed(error: TesseraError) -> discord.Embed:
    """An error as a person sees it: its sentence, under a title that says whose side it is on."""
    title = next((title for kind, title in _ERROR_TITLES.items() if isinstance(error, kind)), _WENT_WRONG)
    # The sentence may quote what was typed; everything in it that could act is split already, markdown is not.
    members_side = InputError | NotFoundError | WithdrawnError | SessionError | ProofError | LimitError
    colour = CAUTION if isinstance(error, members_side) else FAULT
    sentence = sentence_of(error, discord.utils.utcnow())
    return discord.Embed(title=title().render(), description=cut_sentence(sentence), colour=colour)


def done_embed(title: str, words: str) -> discord.Embed:
    """What was done."""
    return discord.Embed(title=title, description=words, colour=BRAND)


def first_image(uris: Sequence[str], gateways: Sequence[str], *, token_id: int | None = None) -> str | None:
    """The first of `uris` that may be shown; `token_id` is that of the NFT that they show, if they show one."""
    return next((url for uri in uris if (url := safe_image_url(uri, gateways, token_id=token_id))), None)


def is_within_limits(embeds: Sequence[discord.Embed]) -> bool:
    """Whether Discord accepts their words: each description, each field, and all of them together."""
    return sum(map(embed_units, embeds)) <= _ALL_EMBEDS and all(
        utf16_units(embed.description or "") <= DESCRIPTION
        and all(utf16_units(field.value or "") <= _FIELD for field in embed.fields)
        for embed in embeds
    )


def fit(embeds: list[discord.Embed]) -> list[discord.Embed]:
    """The same embeds, with words cut: a description at 4,096 units, a field at 1,024, and where all pass 6,000.

    There the longest embed's description is cut first; fields are where that is not enough.
    """
    for embed in embeds:
        embed.description = embed.description and cut_lines(embed.description, DESCRIPTION)
        for index, field in enumerate(embed.fields):
            _set_value(embed, index, cut_lines(field.value or "", _FIELD))
    excess = sum(map(embed_units, embeds)) - _ALL_EMBEDS
    for embed in sorted(embeds, key=embed_units, reverse=True):
        if excess <= 0:
            return embeds
        description = embed.description or ""
        embed.description = _cut_by(description, excess)
        excess -= utf16_units(description) - utf16_units(embed.description)
    fields = [(embed, index, field.value or "") for embed in embeds for index, field in enumerate(embed.fields)]
    for embed, index, value in sorted(fields, key=lambda field: -utf16_units(field[2])):
        if excess <= 0:
            break
        cut = _cut_by(value, excess)
        _set_value(embed, index, cut)
        excess -= utf16_units(value) - utf16_units(cut)
    return embeds


def _cut_by(text: str, excess: int) -> str:
    """A text that is shorter by so many units, and has "…" at its end; the whole of it may be gone."""
    keep = max(0, utf16_units(text) - excess - 1)
    # By characters, each of which is at most two units: cuts rather more than needed, never less.
    return text[: max(0, len(text) - (utf16_units(text) - keep))].rstrip("\\") + "…"


def _set_value(embed: discord.Embed, index: int, value: str) -> None:
    field = embed.fields[index]
    if field.value != value:
        embed.set_field_at(index, name=field.name, value=value, inline=bool(field.inline))


def cut_lines(text: str, longest: int) -> str:
    """The first lines of a text, as many as fit into `longest` units, and "…" if that is not all."""
    if utf16_units(text) <= longest:
        return text
    cut = text[: longest - 2]
    while (excess := utf16_units(cut) - (longest - 2)) > 0:
        cut = cut[: -max(1, excess // 2)]
    lines, _, last = cut.rpartition("\n")
    # A single line that is as long as that has no better end.
    return f"{lines}\n…" if len(lines) > len(last) else cut.rstrip("\\") + "…"


def pages_of(parts: Sequence[str], most: int, longest: int = DESCRIPTION - 96) -> Sequence[Sequence[str]]:
    """Parts of a list as pages: as many on each as fit into its description, and `most` at most; at least one page."""
    pages: list[list[str]] = [[]]
    length = 0
    for part in parts:
        if pages[-1] and (len(pages[-1]) == most or length + utf16_units(part) + 2 > longest):
            pages.append([])
            length = 0
        pages[-1].append(part)
        length += utf16_units(part) + 2
    return pages


def embed_units(embed: discord.Embed) -> int:
    """What an embed counts towards the 6,000, in UTF-16 units, the strictest reading."""
    parts = [embed.title, embed.description, embed.footer.text, embed.author.name]
    parts += [text for field in embed.fields for text in (field.name, field.value)]
    return sum(utf16_units(part) for part in parts if part)


def short_address(address: str) -> str:
    """`0x19e7…ff2a`. What is in no address is left out: the archive of somebody else may contain anything."""
    short = f"{address[:6]}…{address[-4:]}" if len(address) > 12 else address  # noqa: PLR2004 - nothing left to shorten
    return _NOT_IN_ADDRESSES.sub("", short)
