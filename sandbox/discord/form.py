"""Errors in a request body, nested per field as Discord nests them, and the checks that every form needs.

Codes and messages are those of Discord's 50035 answers.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.discord.answers import ApiError, Json

Path = tuple[str | int, ...]
WEB = ("http", "https")
WEB_OR_ATTACHMENT = ("http", "https", "attachment")
LONGEST_URL = 2048


class Form:
    """Collects the errors in one body; `refuse()` raises them all at once."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Add an error about the field at `path`."""
        place = self._errors
        for key in path:
            place = place.setdefault(str(key), {})
        place.setdefault("_errors", []).append({"code": code, "message": message})

    def refuse(self) -> None:
        """Raise if there is any error.

        Raises:
            ApiError: 400 with code 50035 and the nested errors.
        """
        if self._errors:
            raise ApiError(400, 50035, "Invalid Form Body", self._errors)

    def required(self, path: Path) -> None:
        """The field is missing."""
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def text(self, path: Path, value: Any, longest: int, *, required: bool = False) -> int:
        """Check a text; spaces alone count as nothing. Returns its length, 0 when there is none."""
        if value is None:
            if required:
                self.required(path)
            return 0
        if not isinstance(value, str):
            if isinstance(value, int | float) and not isinstance(value, bool):
                return len(str(value))  # Discord takes a number for a text
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
            return 0
        if required and not value.strip():
            self.required(path)
        elif len(value) > longest:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
        return len(value)

    def length(self, path: Path, value: Any, low: int, high: int, kind: type[str | list[Any]] = str) -> bool:
        """Check that a text, or a list, is there and has `low` to `high` elements."""
        if value is None:
            self.required(path)
            return False
        if not isinstance(value, kind):
            self.add(path, "STRING_TYPE_CONVERT", f"Could not interpret the value as {kind.__name__}.")
            return False
        if not low <= len(value) <= high:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
            return False
        return True

    def objects(self, path: Path, value: Any, most: int) -> list[tuple[Path, Json]]:
        """Check a list of objects (null is empty); returns each with its path, skipping what is not an object."""
        if value is None:
            return []
        if not isinstance(value, list):
            self.add(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
            return []
        if len(value) > most:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        found = []
        for n, item in enumerate(value):
            if isinstance(item, dict):
                found.append(((*path, n), item))
            else:
                self.add((*path, n), "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return found

    def object(self, path: Path, value: Any) -> Json | None:
        """Check an object; None when there is none."""
        if value is None or isinstance(value, dict):
            return value
        self.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
        return None

    def number(self, path: Path, value: Any, low: int, high: int) -> None:
        """Check an integer; Discord takes its digits as a text too."""
        if value is None:
            return
        try:
            number = int(value) if not isinstance(value, bool | float) else None
        except (TypeError, ValueError):
            number = None
        if number is None:
            self.add(path, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        elif number < low:
            self.add(path, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {low}.")
        elif number > high:
            self.add(path, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {high}.")

    def flag(self, path: Path, value: Any) -> None:
        """Check a boolean."""
        if value is not None and not isinstance(value, bool):
            self.add(path, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.")

    def one_of(self, path: Path, value: Any, allowed: tuple[Any, ...]) -> bool:
        """Check a value against a list."""
        if value is None:
            self.required(path)
            return False
        if value not in allowed:
            self.add(path, "BASE_TYPE_CHOICES", f"Value must be one of {allowed}.")
            return False
        return True

    def url(
        self,
        path: Path,
        value: Any,
        schemes: tuple[str, ...] = WEB,
        *,
        longest: int = LONGEST_URL,
        required: bool = False,
    ) -> None:
        """Check an address: only these schemes, and with a host."""
        if value is None or value == "":
            if required:
                self.required(path)
            return
        if not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
            return
        if len(value) > longest:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {longest} or fewer in length.")
            return
        try:
            parts = urlsplit(value)
            host = parts.hostname
        except ValueError:
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
            return
        if parts.scheme and parts.scheme not in schemes:
            named = f'Scheme "{parts.scheme}" is not supported. Scheme must be one of {schemes}.'
            self.add(path, "URL_TYPE_INVALID_SCHEME", named)
        elif not parts.scheme or not host or any(char.isspace() for char in value):
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
