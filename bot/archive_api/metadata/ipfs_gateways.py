"""A small file of IPFS from the operator's gateways: not believed, but compared with its hash.

Only gateways of the settings are asked, by the paths that are put together here. A file in a folder (a CID with a path)
has no hash of its own: of these alone, a gateway is believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from yarl import URL

from bot.archive.ipfs_files import IpfsFile
from bot.archive.nft_cids import LARGEST_BLOCK
from bot.archive_api.metadata.file_server import FileServer, first_file
from bot.archive_api.metadata.small_files import SECONDS, FileProblem, Reach, SmallFiles
from bot.sources.pace import REAL_CLOCK, Clock

# A gateway's answer to this is the block itself, as its hash has it: https://specs.ipfs.tech/http-gateways/
_BLOCK = "?format=raw"


class IpfsGateways:
    """Fetches files. To be closed.

    Args:
        urls: Base URLs, each with a `/` at the end; the first is asked first.
        seconds: How long one file may take.
        clock: Time.
    """

    def __init__(self, urls: Sequence[str], *, seconds: float = SECONDS, clock: Clock = REAL_CLOCK) -> None:
        self._clock = clock
        self._files = SmallFiles(Reach.of_servers(urls), seconds=seconds)
        self._gateways = [FileServer(self._files, self._clock, url) for url in urls]

    async def fetch(self, file: IpfsFile) -> bytes | FileProblem:
        """A file, of the first gateway that has it, or why there is none; never raises."""

        async def ask(gateway: FileServer) -> bytes | FileProblem:
            return await _checked(gateway, file)

        found = await first_file(self._gateways, ask, self._clock)
        return FileProblem.NO_GATEWAY if found is FileProblem.NO_SERVER else found

    async def close(self) -> None:
        """Close the connections."""
        await self._files.close()


async def _checked(gateway: FileServer, file: IpfsFile) -> bytes | FileProblem:
    address = gateway.url + file.cid + file.path
    found = await gateway.get(URL(address, encoded=True))
    if isinstance(found, bytes):
        if len(found) > LARGEST_BLOCK:
            found = FileProblem.TOO_LARGE
        elif not file.is_checkable or file.is_content(found):
            return found
        else:
            found = FileProblem.ANOTHER
    if found not in (FileProblem.ANOTHER, FileProblem.TOO_LARGE) or not file.is_checkable:
        return found
    # What is of several blocks cannot be compared with the hash: the hash is of the block that lists them.
    block = await gateway.get(URL(address + _BLOCK, encoded=True))
    if block is FileProblem.BUSY:
        return block
    is_several = isinstance(block, bytes) and file.is_made_of_blocks(block)
    return FileProblem.SEVERAL_BLOCKS if is_several else found
