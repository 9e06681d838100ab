"""Taking out of an embed what Discord refuses there: a picture, an icon, a link.

Words are cut, or filled in where they are missing. Where Discord refuses them for what they say, an author or a footer
goes, and a remark takes the place of others, if what is left of the embeds still says something without them.

An embed is its JSON here, as `discord.Embed.to_dict` makes it, and is changed in place.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from bot.messages import Message
from bot.ui.embeds import cut_lines
from bot.ui.refused_parts import Path, RefusedPart

Json = dict[str, Any]

# Shown where Discord asks for words and there are none.
NO_WORDS = "…"
# Shown in place of words that Discord refuses for what they say.
REFUSED_WORDS = Message("(Discord does not accept these words.)")
_SHORTEST = 5  # anything shorter than that says nothing, and is left to be refused
_PICTURES = (("image", "url"), ("thumbnail", "url"), ("author", "icon_url"), ("footer", "icon_url"))
_LINKED = "url"
_DISPENSABLE = ("author", "footer")


def pictures_of(embed: Json) -> Iterator[str]:
    """The URLs of all its pictures and icons."""
    for name, key in _PICTURES:
        if url := embed.get(name, {}).get(key):
            yield url


def take_out(embed: Json, part: RefusedPart, path: Path) -> bool:
    """Take out, or cut, what is refused; whether that was possible.

    Args:
        embed: Changed by it.
        part: What Discord refuses.
        path: Where in the embed that is; (): Discord does not say.
    """
    taken = False
    match path:
        case ():
            taken = take_out_pictures(embed)
        case ("image" | "thumbnail" as name, *_):
            taken = _take_picture(embed, name, _LINKED)
        case ("author" | "footer" as name, "icon_url" | "proxy_icon_url", *_):
            taken = _take_picture(embed, name, "icon_url")
        case ("author" | "footer" as name,):  # what about it is not said
            taken = embed.pop(name, None) is not None
        case ("author", "url", *_):
            taken = embed.get("author", {}).pop(_LINKED, None) is not None
        case ("url" | "timestamp" | "color" as name, *_):
            taken = embed.pop(name, None) is not None
        case _:
            holder, key = _words_at(embed, path)
            taken = bool(key) and fix_words(holder, key, part.at_most)
            if not taken and path[0] in _DISPENSABLE:
                taken = embed.pop(str(path[0]), None) is not None
    return taken


def replace_words(embed: Json, path: Path, *, is_alone: bool) -> bool:
    """Put a remark where Discord refuses words for what they say; whether that was possible.

    Args:
        embed: Changed by it.
        path: Where in the embed they are; (): Discord does not say.
        is_alone: There is no other embed in the message: then its description is the message.
    """
    remark = REFUSED_WORDS().render()
    match path:
        case ("description",) if is_alone and not embed.get("fields"):
            return False
        case () if embed.get("description") != remark:
            embed.clear()
            embed.update(type="rich", description=remark)
            return True
    holder, key = _words_at(embed, path)
    if not key or holder.get(key) == remark:
        return False
    holder[key] = remark
    return True


def says_something(embed: Json) -> bool:
    """Whether there are words in it that are not such a remark."""
    remark = REFUSED_WORDS().render()
    words = [embed.get("title"), embed.get("description"), *(field.get("value") for field in embed.get("fields", ()))]
    return any(each and each not in (remark, NO_WORDS) for each in words)


def _words_at(embed: Json, path: Path) -> tuple[Json, str]:
    """Where words are: the object that has them, and their key; "": there are none."""
    match path:
        case ("title" | "description" as key,):
            return embed, key
        case ("author" | "footer" as name, "name" | "text" as key) if name in embed:
            return embed[name], key
        case ("fields", int(number), "name" | "value" as key) if number < len(embed.get("fields", ())):
            return embed["fields"][number], key
    return {}, ""


def take_out_pictures(embed: Json, only: Container[str] | None = None) -> bool:
    """Take out its pictures, icons and links, or `only` the pictures with these URLs; whether there were any."""
    taken = False
    for name, key in _PICTURES:
        url = embed.get(name, {}).get(key)
        if url and (only is None or url in only):
            taken = _take_picture(embed, name, key) or taken
    if only is None:
        for holder in (embed, embed.get("author", {})):
            taken = holder.pop(_LINKED, None) is not None or taken
    return taken


def fix_words(holder: Json, key: str, at_most: int | None) -> bool:
    """Cut words that are too long, and fill in for those that are missing; whether that changed anything."""
    words = str(holder.get(key) or "")
    if not words.strip():
        fixed = NO_WORDS
    elif at_most is not None and at_most >= _SHORTEST:
        fixed = cut_lines(words, at_most)
    else:
        return False
    holder[key] = fixed
    return fixed != words


def _take_picture(embed: Json, name: str, key: str) -> bool:
    holder: Json = embed.get(name, {})
    if key not in holder:
        return False
    if key == _LINKED:
        del embed[name]  # a picture is nothing else
    else:
        del holder[key]
    return True
