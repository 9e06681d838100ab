"""What a person wrote into a modal, checked against its inputs and returned in Discord's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.component_limits import SELECTS
from sandbox.discord.menus import chosen_values
from sandbox.discord.modal_limits import CHECKBOX, CHECKBOXES, LABELLED, RADIOS, ROW, TEXT_INPUT, VALUE
from sandbox.discord.options import ClientRefusedError, Resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.discord.answers import Json


def modal_components(components: list[Json], values: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """The `components` of a modal's submission.

    Raises:
        ClientRefusedError: a required input is empty, or one is too long or too short.
    """
    answers = []
    for n, component in enumerate(components, 1):
        answer: Json = {"type": component["type"], "id": component.get("id") or n}
        if component["type"] == ROW:
            answer["components"] = [_answer(child, values, resolved, "") for child in component["components"]]
        elif component["type"] == LABELLED:
            answer["component"] = _answer(component["component"], values, resolved, component["label"])
        answers.append(answer)
    return answers


def _answer(component: Json, values: Mapping[str, Any], resolved: Resolved, label: str) -> Json:
    custom_id, kind = component["custom_id"], component["type"]
    name = component.get("label") or label or custom_id
    required = component.get("required") is not False
    given = values.get(custom_id)
    answer: Json = {"type": kind, "custom_id": custom_id, "id": component.get("id") or 1}
    if kind == TEXT_INPUT:
        text = str(component.get("value") or "") if given is None else str(given)
        answer["value"] = _text(component, text, name, required=required)
    elif kind in SELECTS:
        chosen = given or []
        if chosen or required:
            answer["values"] = chosen_values(component, chosen, resolved)
        else:
            answer["values"] = []
    elif kind == CHECKBOX:
        answer["value"] = bool(given)
    elif kind in (RADIOS, CHECKBOXES):
        chosen = given if isinstance(given, list) else [given] if given is not None else []
        offered = {option["value"] for option in component["options"]}
        if not offered.issuperset(chosen) or (required and not chosen):
            raise ClientRefusedError(f"{name}: choose from the list")
        if kind == RADIOS:
            answer["value"] = chosen[0] if chosen else None
        else:
            answer["values"] = chosen
    else:
        files = given if isinstance(given, list) else [given] if given is not None else []
        low, high = (1 if component.get(name) is None else component[name] for name in ("min_values", "max_values"))
        low = low if required else 0
        if not low <= len(files) <= high:
            raise ClientRefusedError(f"{name}: choose {low} to {high} files")
        answer["values"] = [resolved.add_file(file) for file in files]
    return answer


def _text(component: Json, text: str, name: str, *, required: bool) -> str:
    if not text and not required:
        return text
    low = max(component.get("min_length") or 0, 1 if required else 0)
    high = component.get("max_length") or VALUE
    if not low <= len(text) <= high:
        raise ClientRefusedError(f"{name} must have {low} to {high} characters")
    return text
