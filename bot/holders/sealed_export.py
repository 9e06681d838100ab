"""An export as it is handed out: the file and its seal, with their names."""

from __future__ import annotations

from dataclasses import dataclass

from bot.holders.export_files import write_file
from bot.holders.export_view import ExportView, Layout
from bot.holders.seal import SEAL_SUFFIX, Seal, make_seal, write_seal


@dataclass(frozen=True, slots=True)
class SealedExport:
    """A file and its seal.

    Attributes:
        name: Of the file.
        content: It.
        seal: Its seal.
    """

    name: str
    content: bytes
    seal: Seal

    @property
    def files(self) -> tuple[tuple[str, bytes], ...]:
        """Name and content of both."""
        return (self.name, self.content), (f"{self.name}{SEAL_SUFFIX}", write_seal(self.seal, self.name))

    @property
    def size(self) -> int:
        """Bytes of both."""
        return sum(len(content) for _, content in self.files)


def sealed_export(view: ExportView, layout: Layout, key: str = "") -> SealedExport:
    """Write a file, and seal it.

    Args:
        view: What of the snapshot is shown.
        layout: The form of the file.
        key: Signs it; "": it is not signed.

    Raises:
        InputError: that is no key.
    """
    snapshot = view.snapshot
    name = f"tessera-snapshot-{snapshot.snapshot_id}-{snapshot.made_at:%Y-%m-%d}{layout.suffix}"
    content = write_file(view, layout)
    return SealedExport(name, content, make_seal(content, key))
