"""What Discord refuses in the components of a message ("Component Reference"), in both layouts.

Without the IS_COMPONENTS_V2 flag: five rows of buttons or one select. With it: 40 components in all, 4000 characters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.discord.form import WEB_OR_ATTACHMENT

if TYPE_CHECKING:
    from sandbox.discord.answers import Json
    from sandbox.discord.form import Form, Path

ROW, BUTTON, STRING_SELECT = 1, 2, 3
SELECTS = (3, 5, 6, 7, 8)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 9, 10, 11, 12, 13, 14, 17
LINK, PREMIUM = 5, 6
ROWS, IN_ROW, IN_ALL, TEXT_IN_ALL = 5, 5, 40, 4000
CUSTOM_ID, LABEL, PLACEHOLDER, LINK_URL, OPTION, OPTIONS, ALT_TEXT = 100, 80, 150, 512, 100, 25, 1024
IN_GALLERY, IN_SECTION = 10, 3
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
V2_TOP = (*IN_CONTAINER, CONTAINER)


class ComponentCheck:
    """Checks the components of one message; remembers what must be unique or counted."""

    def __init__(self, form: Form, *, v2: bool) -> None:
        self._form = form
        self._v2 = v2
        self._custom_ids: set[str] = set()
        self._count = 0
        self._text = 0

    def check(self, components: Any) -> None:
        """Check the `components` of a message."""
        path = ("components",)
        allowed = V2_TOP if self._v2 else (ROW,)
        for place, component in self._form.objects(path, components, IN_ALL if self._v2 else ROWS):
            self._check(place, component, allowed)
        if self._count > IN_ALL:
            self._form.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {IN_ALL} or fewer in length.")
        if self._text > TEXT_IN_ALL:
            self._form.add(path, "COMPONENT_MAX_TOTAL_TEXT_SIZE", f"Text exceeds maximum size of {TEXT_IN_ALL}")

    def _check(self, path: Path, component: Json, allowed: tuple[int, ...]) -> None:
        self._count += 1
        kind = component.get("type")
        if kind not in allowed:
            self._form.add((*path, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {allowed}.')
            return
        look = {
            ROW: self._row,
            BUTTON: self._button,
            SECTION: self._section,
            TEXT: self._text_display,
            THUMBNAIL: self._thumbnail,
            GALLERY: self._gallery,
            FILE: self._file,
            CONTAINER: self._container,
        }.get(kind, self._select if kind in SELECTS else None)
        if look is not None:
            look(path, component)

    def _select(self, path: Path, select: Json) -> None:
        check_select(self._form, path, select)
        self._custom_id(path, select)

    def _container(self, path: Path, container: Json) -> None:
        children = self._form.objects((*path, "components"), container.get("components"), IN_ALL)
        for place, child in children:
            self._check(place, child, IN_CONTAINER)

    def _text_display(self, path: Path, display: Json) -> None:
        self._text += self._form.text((*path, "content"), display.get("content"), TEXT_IN_ALL, required=True)

    def _thumbnail(self, path: Path, thumbnail: Json) -> None:
        self._media(path, thumbnail, "media")

    def _file(self, path: Path, file: Json) -> None:
        self._media(path, file, "file")

    def _row(self, path: Path, row: Json) -> None:
        place = (*path, "components")
        if not self._form.length(place, row.get("components"), 1, IN_ROW, list):
            return
        children = self._form.objects(place, row["components"], IN_ROW)
        for where, child in children:
            self._check(where, child, (BUTTON, *SELECTS))
        if len(children) > 1 and any(child.get("type") in SELECTS for _, child in children):
            self._form.add(
                place, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
            )

    def _button(self, path: Path, button: Json) -> None:
        form = self._form
        style = button.get("style")
        if not form.one_of((*path, "style"), style, (1, 2, 3, 4, LINK, PREMIUM)):
            return
        form.text((*path, "label"), button.get("label"), LABEL)
        form.flag((*path, "disabled"), button.get("disabled"))
        form.object((*path, "emoji"), button.get("emoji"))
        if style == PREMIUM:
            return
        if not button.get("label") and not button.get("emoji"):
            form.add(path, "BUTTON_COMPONENT_INVALID_LABEL", "A button must have a label or an emoji")
        if style == LINK:
            form.url((*path, "url"), button.get("url"), longest=LINK_URL, required=True)
            if button.get("custom_id"):
                form.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL", "A custom id and url cannot both be specified")
            return
        if button.get("url"):
            form.add(path, "BUTTON_COMPONENT_CUSTOM_ID_URL", "A custom id and url cannot both be specified")
        self._custom_id(path, button)

    def _custom_id(self, path: Path, component: Json) -> None:
        custom_id = component.get("custom_id")
        if not self._form.length((*path, "custom_id"), custom_id, 1, CUSTOM_ID):
            return
        if custom_id in self._custom_ids:
            self._form.add(
                (*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        self._custom_ids.add(str(custom_id))

    def _section(self, path: Path, section: Json) -> None:
        texts = self._form.objects((*path, "components"), section.get("components"), IN_SECTION)
        for place, child in texts:
            self._check(place, child, (TEXT,))
        accessory = self._form.object((*path, "accessory"), section.get("accessory"))
        if accessory is None:
            self._form.required((*path, "accessory"))
        else:
            self._check((*path, "accessory"), accessory, (BUTTON, THUMBNAIL))

    def _gallery(self, path: Path, gallery: Json) -> None:
        if not self._form.length((*path, "items"), gallery.get("items"), 1, IN_GALLERY, list):
            return
        for place, item in self._form.objects((*path, "items"), gallery["items"], IN_GALLERY):
            self._media(place, item, "media")

    def _media(self, path: Path, holder: Json, key: str) -> None:
        media = self._form.object((*path, key), holder.get(key))
        if media is None:
            self._form.required((*path, key))
            return
        schemes = ("attachment",) if key == "file" else WEB_OR_ATTACHMENT
        self._form.url((*path, key, "url"), media.get("url"), schemes, required=True)
        self._form.text((*path, "description"), holder.get("description"), ALT_TEXT)


def check_select(form: Form, path: Path, select: Json) -> None:
    """Check a select menu, in a message or a modal; the caller checks its custom id."""
    form.text((*path, "placeholder"), select.get("placeholder"), PLACEHOLDER)
    form.number((*path, "min_values"), select.get("min_values"), 0, OPTIONS)
    form.number((*path, "max_values"), select.get("max_values"), 1, OPTIONS)
    form.flag((*path, "disabled"), select.get("disabled"))
    if select.get("type") != STRING_SELECT:
        return
    place = (*path, "options")
    if not form.length(place, select.get("options"), 1, OPTIONS, list):
        return
    values: set[str] = set()
    for where, option in form.objects(place, select["options"], OPTIONS):
        form.length((*where, "label"), option.get("label"), 1, OPTION)
        form.text((*where, "description"), option.get("description"), OPTION)
        form.object((*where, "emoji"), option.get("emoji"))
        if form.length((*where, "value"), option.get("value"), 1, OPTION):
            if option["value"] in values:
                form.add(
                    where,
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    "The specified option value is already used",
                )
            values.add(option["value"])
