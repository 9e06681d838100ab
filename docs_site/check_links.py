"""`python -m docs_site.check_links FOLDER`: links of a built site lead somewhere, and nothing comes from elsewhere.

The site's generator checks links between pages only: not those to pictures or out of the folder, and not those in HTML.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# What a browser fetches by itself; all else is followed by a person.
_FETCHED = {
    ("img", "src"),
    ("img", "srcset"),
    ("source", "srcset"),
    ("source", "src"),
    ("script", "src"),
    ("iframe", "src"),
}
_FETCHED_RELATIONS = {"stylesheet", "icon", "preload", "preconnect"}


class Page(HTMLParser):
    """What a page links to, what it fetches, and what can be linked to in it."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the attributes of an element."""
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        is_fetched = bool(_FETCHED_RELATIONS & set(given.get("rel", "").split()))
        self.fetched += [given["href"]] if tag == "link" and is_fetched else []
        fetched = [value for key, value in given.items() if (tag, key) in _FETCHED]
        self.fetched += [one.split()[0] for value in fetched for one in value.split(",") if one.strip()]


@cache
def read_page(path: Path) -> Page:
    """A page of the site."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def find_faults(site: Path) -> Iterator[str]:
    """A sentence for each link that leads nowhere, and for each thing that is loaded from elsewhere."""
    for path in sorted(site.rglob("*.html")):
        name, page = path.relative_to(site), read_page(path)
        for target in page.fetched:
            if urlsplit(target).netloc:
                yield f"{name} loads {target} from elsewhere"
        for target in dict.fromkeys((*page.links, *page.fetched)):
            if not leads_somewhere(site, path, target):
                yield f"{name} links to {target}, which is not there"


def leads_somewhere(site: Path, page: Path, target: str) -> bool:
    """Whether a link of a page leads to a file of the site, and to what is in it; those to elsewhere are not tried."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return True
    path = unquote(parts.path)
    file = (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve() if path else page
    file = file / "index.html" if file.is_dir() else file
    if not file.is_file() or not file.is_relative_to(site.resolve()):
        return False
    return not parts.fragment or file.suffix != ".html" or unquote(parts.fragment) in read_page(file).anchors


def main(arguments: list[str]) -> int:
    """Print what is wrong with the site in a folder; the exit code."""
    faults = list(find_faults(Path(arguments[0]).resolve()))
    print("\n".join(faults) or "Every link leads somewhere, and no page loads anything from elsewhere.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
