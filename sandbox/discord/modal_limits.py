"""What Discord refuses in a modal: title, one to five components, each a labelled input or a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.component_limits import CUSTOM_ID, SELECTS, check_select
from sandbox.discord.form import Form, Path

if TYPE_CHECKING:
    from sandbox.discord.answers import Json

TITLE, COMPONENTS, LABEL, DESCRIPTION, VALUE, PLACEHOLDER = 45, 5, 45, 100, 4000, 100
ROW, TEXT_INPUT, TEXT, LABELLED, UPLOAD = 1, 4, 10, 18, 19
RADIOS, CHECKBOXES, CHECKBOX = 21, 22, 23
INPUTS = (TEXT_INPUT, *SELECTS, UPLOAD, RADIOS, CHECKBOXES, CHECKBOX)


def check_modal(modal: Any) -> None:
    """Check the `data` of a modal callback.

    Raises:
        ApiError: 400, code 50035.
    """
    form = Form()
    data = form.object(("data",), modal) or {}
    form.length(("data", "title"), data.get("title"), 1, TITLE)
    form.length(("data", "custom_id"), data.get("custom_id"), 1, CUSTOM_ID)
    path = ("data", "components")
    if form.length(path, data.get("components"), 1, COMPONENTS, list):
        seen: set[str] = set()
        for place, component in form.objects(path, data["components"], COMPONENTS):
            _check_top(form, place, component, seen)
    form.refuse()


def _check_top(form: Form, path: Path, component: Json, seen: set[str]) -> None:
    kind = component.get("type")
    if kind == ROW:
        place = (*path, "components")
        if form.length(place, component.get("components"), 1, 1, list):
            for where, child in form.objects(place, component["components"], 1):
                form.length((*where, "label"), child.get("label"), 1, LABEL)
                _check_input(form, where, child, (TEXT_INPUT,), seen)
    elif kind == LABELLED:
        form.length((*path, "label"), component.get("label"), 1, LABEL)
        form.text((*path, "description"), component.get("description"), DESCRIPTION)
        labelled = form.object((*path, "component"), component.get("component"))
        if labelled is None:
            form.required((*path, "component"))
        else:
            _check_input(form, (*path, "component"), labelled, INPUTS, seen)
    elif kind == TEXT:
        form.text((*path, "content"), component.get("content"), VALUE, required=True)
    else:
        form.one_of((*path, "type"), kind, (ROW, TEXT, LABELLED))


def _check_input(form: Form, path: Path, component: Json, allowed: tuple[int, ...], seen: set[str]) -> None:
    kind = component.get("type")
    if not form.one_of((*path, "type"), kind, allowed):
        return
    custom_id = component.get("custom_id")
    if form.length((*path, "custom_id"), custom_id, 1, CUSTOM_ID):
        if custom_id in seen:
            form.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        seen.add(str(custom_id))
    if kind in SELECTS:
        check_select(form, path, component)
    elif kind == TEXT_INPUT:
        form.one_of((*path, "style"), component.get("style"), (1, 2))
        form.text((*path, "value"), component.get("value"), VALUE)
        form.text((*path, "placeholder"), component.get("placeholder"), PLACEHOLDER)
        form.number((*path, "min_length"), component.get("min_length"), 0, VALUE)
        form.number((*path, "max_length"), component.get("max_length"), 1, VALUE)
        value, most = component.get("value"), component.get("max_length")
        if isinstance(value, str) and isinstance(most, int) and len(value) > most:
            form.add((*path, "value"), "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
