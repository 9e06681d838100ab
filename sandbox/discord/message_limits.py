"""What Discord refuses in the body of a message, new or edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.component_limits import ComponentCheck
from sandbox.discord.embed_limits import check_embeds
from sandbox.discord.form import Form, Path

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.refusals import Refusals

CONTENT, NONCE, FILES = 2000, 25, 10
EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
EVERY_FLAG = (1 << 31) - 1
MENTION_KINDS = ("users", "roles", "everyone")
MENTIONS = 100


def check_message(body: Any, *, under: Path = (), v2: bool = False, refusals: Refusals | None = None) -> None:
    """Check a message body.

    Args:
        body: as it came.
        under: its place in the request, as ("data",) in a callback.
        v2: the message edited already has the flag, which cannot be taken away.
        refusals: what a test wants refused besides.

    Raises:
        ApiError: 400, code 50035.
    """
    form = _NestedForm(under) if under else Form()
    if not isinstance(body, dict):
        form.add((), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        form.refuse()
        return
    form.text(("content",), body.get("content"), CONTENT)
    form.number(("flags",), body.get("flags"), 0, EVERY_FLAG)
    form.flag(("tts",), body.get("tts"))
    form.text(("nonce",), body.get("nonce"), NONCE)
    if body.get("embeds") is not None:
        check_embeds(form, body["embeds"])
    if isinstance(body.get("flags"), int):
        v2 = v2 or bool(body["flags"] & COMPONENTS_V2)
    if body.get("components") is not None:
        ComponentCheck(form, v2=v2).check(body["components"])
    if v2:
        for key in ("content", "embeds"):
            if body.get(key):
                form.add(
                    (key,),
                    "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
                    f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2",
                )
    form.objects(("attachments",), body.get("attachments"), FILES)
    _check_mentions(form, form.object(("allowed_mentions",), body.get("allowed_mentions")))
    form.refuse()
    if refusals is not None:
        refusals.check(form, body)
        form.refuse()


class _NestedForm(Form):
    """A form inside another: its errors are nested below a path."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def add(self, path: Path, code: str, message: str) -> None:
        super().add((*self._path, *path), code, message)


def _check_mentions(form: Form, mentions: Json | None) -> None:
    if not mentions:
        return
    kinds = mentions.get("parse")
    kinds = kinds if isinstance(kinds, list) else []
    for n, kind in enumerate(kinds):
        form.one_of(("allowed_mentions", "parse", n), kind, MENTION_KINDS)
    for key in ("users", "roles"):
        if mentions.get(key) is None or not form.length(("allowed_mentions", key), mentions[key], 0, MENTIONS, list):
            continue
        if mentions[key] and key in kinds:
            form.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.',
            )
