"""A summary of an archive, for a terminal or as JSON for other programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from bot.archive.lines import Header
from bot.archive.reader import Archive
from bot.text import safe_text


def summary(archive: Archive) -> dict[str, Any]:
    """The metadata of the archive, and how much is in it."""
    header, index = archive.header, archive.index
    return {
        "network": header.network,
        "source": header.source,
        "recorded_at": header.recorded_at.isoformat(),
        "tool": header.tool,
        "accounts": index.count("accounts"),
        "incomplete": index.incomplete,
        "owners": index.count("owners"),
        "collections": index.count("collections"),
        "unnamed_collections": archive.count_unnamed(),
        "nfts": header.has_nfts,
        "bytes": archive.path.stat().st_size,
        "sha256": archive.sha256,
        "rebuilt": asdict(header.rebuilt) if header.rebuilt else None,
    }


def summary_text(archive: Archive) -> str:
    """The same in words."""
    what = summary(archive)
    source, tool = (safe_text(text, 80, plain=True) for text in (what["source"], what["tool"]))
    incomplete = f", {what['incomplete']:,} of them incomplete" if what["incomplete"] else ""
    nfts = "are" if what["nfts"] else "were not"
    unnamed = f", {what['unnamed_collections']:,} of them without a name" if what["unnamed_collections"] else ""
    return "\n".join(
        (
            f"An archive of {safe_text(what['network'], 80, plain=True)}, as reported by {source} to {tool}",
            _when(archive.header),
            f"{what['accounts']:,} accounts{incomplete}; the owners of {what['owners']:,} are known",
            f"{what['collections']:,} collections{unnamed}; single NFTs {nfts} recorded",
            f"{what['bytes']:,} bytes",
            f"SHA-256 {what['sha256']}",
        )
    )


def _when(header: Header) -> str:
    moment = f"{header.recorded_at:%Y-%m-%d %H:%M:%S} UTC"
    if header.rebuilt is None:
        return f"Recorded from {moment} on"
    root = safe_text(header.rebuilt.root, 80, plain=True)
    return f"As of block {header.rebuilt.block:,} of {moment}, after which the root of the tree is {root}"


def summary_json(archive: Archive) -> str:
    """The same as JSON, with everything beyond ASCII escaped."""
    return json.dumps(summary(archive), indent=2)
