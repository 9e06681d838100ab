"""Pages by key: the last row of a page says where the next one begins, never a number of rows.

Up to version 11 `items_count` is returned in `next_page_params`, counting the rows of the page; since version 12 it is
a parameter and is not returned. A filter of the request is returned in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.blockscout.arguments import ApiRequest

    Json = dict[str, Any]

Row = TypeVar("Row")

_ECHOED = ("type", "holder_address_hash")


def page_of(
    request: ApiRequest,
    rows: Sequence[Row],
    key_of: Callable[[Row], Json],
    *,
    size: int,
    has_count: bool = True,
) -> tuple[Sequence[Row], Json | None]:
    """The first rows and where the next page begins.

    Args:
        request: the request.
        rows: in order, those up to its key left out.
        key_of: the paging key that leads past a row.
        size: rows of a page.
        has_count: whether this list ever had `items_count`.

    Returns:
        The rows of the page, and `next_page_params`, None when these are the last.
    """
    page = rows[:size]
    if len(rows) <= size:
        return page, None
    following: Json = {name: request.query[name] for name in _ECHOED if name in request.query} | key_of(page[-1])
    if has_count and request.version != "12":
        following["items_count"] = len(page)
    return page, following
