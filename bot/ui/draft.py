"""A message before Discord has accepted it, from which parts can be taken out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from copy import deepcopy
from functools import partial
from typing import Any, TypedDict
from urllib.parse import urlsplit

import discord

from bot.ui import embed_parts, item_parts
from bot.ui.embeds import fit, is_within_limits
from bot.ui.refused_parts import RefusedPart


class Parts(TypedDict, total=False):
    """What a message is made of, with the names that discord.py gives it."""

    content: str | None
    embed: discord.Embed | None
    embeds: Sequence[discord.Embed]
    view: discord.ui.View | None
    attachments: Sequence[discord.Attachment | discord.File]
    files: Sequence[discord.File]
    ephemeral: bool
    nonce: str
    allowed_mentions: discord.AllowedMentions


_NO_HOST = "?"


class Draft:
    """Such a message. Nothing of the embeds that it was made of is changed; of the view, only what is refused.

    Args:
        message: It.
        may_lose_words: A remark may take the place of words that Discord refuses for what they say.

    Attributes:
        left_out: What was taken out, for the log.
        pictures: The URLs of pictures that Discord refused in it.
        is_cut: Words were cut by `fit`.
    """

    def __init__(self, message: Parts, *, may_lose_words: bool = True) -> None:
        self._may_lose_words = may_lose_words
        self._arguments: dict[str, Any] = dict(message)
        self._view = message.get("view")
        self._was_sent = False
        self._refused_hosts: set[str] = set()  # of pictures that Discord refused in its last answers
        self._refused_now: set[str] = set()  # … and in this one
        self.left_out: list[str] = []
        self.pictures: list[str] = []
        self.is_cut = False

    def arguments(self) -> dict[str, Any]:
        """What a method of discord.py takes; each time once, as the files are read from their beginning."""
        for name in ("attachments", "files"):  # of an edit, and of a new message
            if self._was_sent and (attached := self._arguments.get(name)):
                self._arguments[name] = [_read_again(each) for each in attached]
        self._was_sent = True
        return self._arguments

    def fit(self) -> None:
        """Cut words that are longer than Discord accepts: it would refuse the whole message for them."""
        if not is_within_limits(embeds := self._embeds()):
            self._arguments.pop("embed", None)
            copies = [discord.Embed.from_dict(deepcopy(dict(embed.to_dict()))) for embed in embeds]
            self._arguments["embeds"] = fit(copies)
            self.is_cut = True

    def take(self, name: str) -> object:
        """What it has of that name, which is not sent any more."""
        return self._arguments.pop(name, None)

    def leave_out_pictures(self, known: Container[str]) -> None:
        """Take out the pictures that are known to be refused."""
        self._change(lambda embed: embed_parts.take_out_pictures(embed, known))

    def leave_out(self, parts: Iterable[RefusedPart]) -> bool:
        """Take out what is refused, and nothing else; whether there was anything that can be."""
        before, self._refused_now = len(self.left_out), set()
        # All are found first: what is taken out of a row or a menu changes the numbers of what is behind it.
        found = [(part, item_parts.target_of(self._view, part.path) if self._view else None) for part in parts]
        for part, target in found:
            match part.path:
                case ("embeds", int(number), *path):
                    self._leave_out_of_embed(number, part, tuple(path))
                case _ if self._view and target and item_parts.take_out(self._view, target, part):
                    self._note(part)
        self._leave_out_hosts()
        return len(self.left_out) > before

    def leave_out_decoration(self) -> bool:
        """Take out all pictures, links of titles, and emoji of buttons and menus; whether there were any."""
        changed = self._change(embed_parts.take_out_pictures)
        for item in self._view.children if self._view else ():
            changed = item_parts.take_out_emoji(item) or changed
        if changed:
            self.left_out.append("all pictures and emoji, as Discord does not say what it refuses")
        return changed

    def _leave_out_of_embed(self, number: int, part: RefusedPart, path: tuple[str | int, ...]) -> None:
        embeds = self._embeds()
        if number >= len(embeds):
            return
        before, is_alone = _pictures_of(embeds[number]), len(embeds) == 1
        if self._change(lambda embed: embed_parts.take_out(embed, part, path), number):
            gone = list((before - _pictures_of(self._embeds()[number])).elements())  # one may stand in two places
            self._note(part, gone)
            if len(gone) == 1:  # of several it is not known which one Discord refuses
                self.pictures += gone
                self._refused_now.update(map(_host_of, gone))
        elif self._may_lose_words and self._change(
            lambda embed: embed_parts.replace_words(embed, path, is_alone=is_alone), number
        ):
            if any(embed_parts.says_something(dict(embed.to_dict())) for embed in self._embeds()):
                self._note(part)
            else:
                self._arguments["embeds"] = embeds

    def _leave_out_hosts(self) -> None:
        """Take out all pictures of a host of which Discord refuses one after another."""
        again = self._refused_now & self._refused_hosts - {_NO_HOST}
        self._refused_hosts |= self._refused_now
        for host in sorted(again):
            urls = {url for embed in self._embeds() for url in _pictures_of(embed) if _host_of(url) == host}
            if self._change(partial(embed_parts.take_out_pictures, only=urls)):
                self.left_out.append(f"all other pictures of {host}")

    def _note(self, part: RefusedPart, urls: Iterable[str] = ()) -> None:
        hosts = sorted({_host_of(url) for url in urls})
        of = f" of {', '.join(hosts)}" if hosts else ""
        self.left_out.append(f"{part.name}{of}{f' ({part.code})' if part.code else ''}")

    def _embeds(self) -> Sequence[discord.Embed]:
        embed: discord.Embed | None = self._arguments.get("embed")
        embeds: Sequence[discord.Embed] = [embed] if embed else self._arguments.get("embeds") or ()
        return embeds

    def _change(self, change: Callable[[dict[str, Any]], bool], only: int | None = None) -> bool:
        """Change copies of the embeds, and send those instead; whether any was changed."""
        changed, embeds = False, []
        for number, embed in enumerate(self._embeds()):
            copied: dict[str, Any] = deepcopy(dict(embed.to_dict()))
            is_changed = only in (None, number) and change(copied)
            embeds.append(discord.Embed.from_dict(copied) if is_changed else embed)
            changed = changed or is_changed
        if changed:
            self._arguments.pop("embed", None)
            self._arguments["embeds"] = embeds
        return changed


def _host_of(url: str) -> str:
    """All of a URL that may be logged: its path or its query may be secret."""
    try:
        return urlsplit(url).hostname or _NO_HOST
    except ValueError:  # that is why it is refused
        return _NO_HOST


def _pictures_of(embed: discord.Embed) -> Counter[str]:
    return Counter(embed_parts.pictures_of(dict(embed.to_dict())))


def _read_again(attachment: discord.Attachment | discord.File) -> discord.Attachment | discord.File:
    """A file of discord.py is sent once."""
    if not isinstance(attachment, discord.File):
        return attachment
    attachment.fp.seek(0)
    return discord.File(
        attachment.fp, filename=attachment.filename, spoiler=attachment.spoiler, description=attachment.description
    )
