"""What is to be translated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the code, in English.

    Attributes:
        text: It; where something is counted, for one.
        many: For any other count; "": nothing is counted.
        context: What it names, where words are translated in several ways; "" for sentences.
        limit: The longest translation that Discord takes; 0: any.
        places: Files or commands where it is, for translators.
    """

    text: str
    many: str = ""
    context: str = ""
    limit: int = 0
    places: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What a catalogue finds it by."""
        return self.context, self.text


def merged(texts: Iterable[Text]) -> list[Text]:
    """Each text once, with all its places and the smallest of its limits, in a fixed order.

    Raises:
        ValueError: the same text has two plurals, of which a catalogue can have only one.
    """
    found: dict[tuple[str, str], Text] = {}
    for each in texts:
        one = found.setdefault(each.key, each)
        if one.many != each.many:
            if one.many and each.many:
                raise ValueError(f"{each.text!r} has two plurals: {one.many!r} and {each.many!r}")
            raise ValueError(f"{each.text!r} is counted in one place, and not in another")
        limits = [limit for limit in (one.limit, each.limit) if limit]
        places = one.places | each.places
        found[each.key] = Text(each.text, each.many, each.context, min(limits, default=0), places)
    return sorted(found.values(), key=lambda one: (min(one.places, default=""), one.context, one.text))
