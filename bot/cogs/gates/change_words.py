"""One change of what was decided, in words: for the history, and for the preview of taking it back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.cogs.gates.gate_embeds import GateSentences, collection_words, paused_words
from bot.cogs.servers.settings_embeds import address_words, span_words, visibility_words
from bot.gates.rule import CollectionRef
from bot.messages import Message
from bot.store.gates.gate_history import Change
from bot.text import safe_text

_GATE, _ALIAS, _SETTING, _PROTECTED = "gate ", "alias ", "setting ", "protected "
_MOST_GATES = 3
_MOST_OTHERS = 6
_MOST_LISTED = 10
_LONGEST = 80

_DELETED = Message("somebody whose data is deleted")
_BEFORE = Message("before: {gate}")
_AFTER = Message("after: {gate}")
_MORE_GATES = Message("… and {count:,} more gate", "… and {count:,} more gates")
_MORE_LINES = Message("… and {count:,} more line", "… and {count:,} more lines")
_CHANGED = Message("{what}: {before} → {after}")
_COUNTS_AS = Message("{collection} counts as: {before} → {after}")
_IS_PROTECTED = Message("protected")
_IS_NOT_PROTECTED = Message("not protected")
_ITSELF = Message("itself")
_NOTHING = Message("nothing")
_NONE = Message("none")
_DEFAULT = Message("the default")
_AND_MORE = Message("{listed} and {more:,} more")
# What was done, by the word that is stored.
_VERBS: Mapping[str, Message] = {
    "add": Message("add"),
    "edit": Message("edit"),
    "remove": Message("remove"),
    "pause": Message("pause"),
    "resume": Message("resume"),
    "import": Message("import"),
    "alias": Message("alias"),
    "set": Message("settings"),
    "take back": Message("take back"),
}

Names = Mapping[CollectionRef, str]


def change_words(change: Change, sentences: GateSentences, names: Names) -> str:
    """One change: who, when, and what it was before."""
    # Discord shows no name for a mention of somebody who left: the id says who it was all the same.
    who = f"<@{change.by}> (`{change.by}`)" if change.by else _DELETED().render()
    lines = [f"**#{change.change_id}** · {verb_words(change)} · {who} · <t:{int(change.changed_at.timestamp())}:R>"]
    before, after = change.gates_before, change.gates_after
    for gate_id in list(dict.fromkeys([*before, *after]))[:_MOST_GATES]:
        for when, drafts, values in ((_BEFORE, before, change.before), (_AFTER, after, change.after)):
            if gate_id in drafts:
                paused = [paused_words()] if values[f"{_GATE}{gate_id}"].get("paused") else []
                lines.append(when(gate=" · ".join([sentences.line(drafts[gate_id]), *paused])).render())
    if (more := len(before.keys() | after.keys()) - _MOST_GATES) > 0:
        lines.append(_MORE_GATES(count=more).render())
    return "\n".join([*lines, *_shortened(_other_lines(change.before, change.after, names))])


def verb_words(change: Change) -> str:
    """What was done."""
    return _VERBS[change.verb]().render() if change.verb in _VERBS else change.verb


def settings_back(change: Change, names: Names) -> tuple[str, ...]:
    """The settings that are set to what they were when a change is taken back, each from what it is to what it was."""
    now, then = (
        {name: value for name, value in values.items() if name.startswith((_SETTING, _PROTECTED))}
        for values in (change.after, change.before)
    )
    return tuple(_shortened(_other_lines(now, then, names)))


def paused_by(change: Change, *, paused: bool) -> frozenset[int]:
    """The roles whose gates are paused, or are not, once a change is taken back."""
    return frozenset(
        value["role_id"]
        for name, value in change.before.items()
        if name.startswith(_GATE) and bool(value.get("paused")) is paused
    )


def _shortened(lines: Sequence[str]) -> Sequence[str]:
    more = len(lines) - _MOST_OTHERS
    return [*lines[:_MOST_OTHERS], _MORE_LINES(count=more).render()] if more > 0 else lines


def _other_lines(old: Mapping[str, Any], new: Mapping[str, Any], names: Names) -> Sequence[str]:
    """What is no gate, from what it was to what it is."""
    changed = [name for name in sorted(old.keys() | new.keys()) if not name.startswith(_GATE)]
    lines = (_line(name, old.get(name), new.get(name), names) for name in changed)
    return [line for line in lines if line]


def _line(name: str, old: Any, new: Any, names: Names) -> str:
    if name.startswith(_PROTECTED):
        was, now = ((_IS_PROTECTED if value else _IS_NOT_PROTECTED)() for value in (old, new))
        return _CHANGED(what=f"<@{name.removeprefix(_PROTECTED)}>", before=was, after=now).render()
    if name.startswith(_ALIAS):
        itself = name.removeprefix(_ALIAS)
        before, after = (_counts_as(itself, value, names) for value in (old, new))
        if before == after:
            return ""
        return _COUNTS_AS(collection=_collection(itself, names), before=before, after=after).render()
    label, words = _SETTINGS.get(name.removeprefix(_SETTING), (None, _as_it_is))
    return _CHANGED(what=label() if label else name, before=words(old, names), after=words(new, names)).render()


def _counts_as(collection: str, same_as: str | None, names: Names) -> str:
    return _ITSELF().render() if same_as in (None, collection) else _collection(str(same_as), names)


def _collection(text: str, names: Names) -> str:
    network, _, collection_id = text.rpartition(":")
    return collection_words(CollectionRef(network, collection_id), names)


# ---------------------------------------------------------------- settings


def _as_it_is(value: Any, _: Names) -> str:
    return _NOTHING().render() if value is None else safe_text(str(value), _LONGEST)


def _channel(value: Any, _: Names) -> str:
    return f"<#{value}>" if value else _NONE().render()


def _role(value: Any, _: Names) -> str:
    return f"<@&{value}>" if value else _NONE().render()


def _span(value: Any, _: Names) -> str:
    return _DEFAULT().render() if value is None else span_words(timedelta(seconds=value)) if value else _NONE().render()


def _visibility(value: Any, _: Names) -> str:
    return _DEFAULT().render() if value is None else visibility_words(shows_requirements=bool(value))


def _addresses(value: Any, _: Names) -> str:
    return _DEFAULT().render() if value is None else address_words(shows_addresses=bool(value))


def _list_of(say: Callable[[Any, Names], str]) -> Callable[[Any, Names], str]:
    def words(value: Any, names: Names) -> str:
        listed = [say(each, names) for each in value or ()]
        shown = ", ".join(listed[:_MOST_LISTED]) or _NONE().render()
        if len(listed) > _MOST_LISTED:
            return _AND_MORE(listed=shown, more=len(listed) - _MOST_LISTED).render()
        return shown

    return words


def _account(value: Any, _: Names) -> str:
    return f"`{safe_text(str(value), _LONGEST, plain=True)}`"


_SETTINGS: Mapping[str, tuple[Message, Callable[[Any, Names], str]]] = {
    "log_channel_id": (Message("Log channel"), _channel),
    "grace_seconds": (Message("Grace"), _span),
    "cool_down_seconds": (Message("Cool-down of sensitive roles"), _span),
    "protected_roles": (Message("Protected roles"), _list_of(_role)),
    "admin_role_id": (Message("Role that may configure Tessera"), _role),
    "excluded_accounts": (Message("Accounts that never count"), _list_of(_account)),
    "excluded_collections": (Message("Collections that never count"), _list_of(_collection)),
    "shows_requirements": (Message("What members see"), _visibility),
    "shows_addresses": (Message("Whose accounts exports name"), _addresses),
}
