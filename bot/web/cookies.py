"""The page's cookie in the `Cookie` headers of a request, read so that no sibling of the page's host can write it.

A browser lets no other host set a cookie whose name begins with `__Host-`. But any subdomain may set one that comes to
this page as well, with almost any value: `a=b __Host-vs=…`. Who splits the header anywhere else than browsers join it
(the libraries do, at blanks and after quotes) finds a cookie that was never set, and a member would be in the session
of the one who wrote it. So: pairs end at `;` alone, a name is compared as it is, and nothing is unquoted.

Two of one name are none. A browser sends the one that it set itself once, so the other is somebody else's, and which of
them is which cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable

_BLANKS = " \t"


def read_cookie(headers: Iterable[str], name: str) -> str:
    """The value of a cookie, "" where there is none of that name, or more than one.

    Args:
        headers: All `Cookie` headers of the request.
        name: Of the cookie, in the case in which it was set.
    """
    pairs = [pair.partition("=") for header in headers for pair in header.split(";")]
    values = [value.strip(_BLANKS) for found, _, value in pairs if found.strip(_BLANKS) == name]
    return values[0] if len(values) == 1 else ""
