"""The metadata of a collection, wherever it is: by the URI of its contract, or from a server of collection infos.

- `ipfs://…`, and the path of any IPFS gateway, are fetched from the operator's gateways.
- `https://…` is fetched as a stranger's URL is; each server that fails or wants to wait is asked as any other.
- Anything else (`http:`, `data:`, `file:`, a number in place of a name) is not fetched.
"""

from __future__ import annotations

from yarl import URL

from bot.archive.ipfs_files import IpfsFile, read_gateway_path, read_ipfs_uri
from bot.archive_api.metadata.file_server import MOST_WAITING_FOR_A_STRANGER, FileServer, first_file
from bot.archive_api.metadata.ipfs_gateways import IpfsGateways
from bot.archive_api.metadata.small_files import SECONDS, FileProblem, Reach, SmallFiles
from bot.sources.pace import REAL_CLOCK, Clock
from bot.text import MAX_URL


class CollectionFiles:
    """Fetches files. To be closed.

    Args:
        gateways: Of IPFS; opened and closed by the caller.
        infos_url: The base URL of the server of infos, with a `/` at the end; "": none.
        strangers: What may be reached by a URL that a stranger wrote.
        seconds: How long one file may take.
        clock: Time.
    """

    def __init__(
        self,
        gateways: IpfsGateways,
        infos_url: str,
        *,
        strangers: Reach | None = None,
        seconds: float = SECONDS,
        clock: Clock = REAL_CLOCK,
    ) -> None:
        self._gateways = gateways
        self._clock = clock
        self._strangers = SmallFiles(strangers or Reach(), seconds=seconds)
        self._own = SmallFiles(Reach.of_servers([infos_url] if infos_url else ()), seconds=seconds)
        self._servers: dict[str, FileServer] = {}
        self._infos = FileServer(self._own, self._clock, infos_url)

    @property
    def has_infos(self) -> bool:
        """Whether there is a server of infos."""
        return bool(self._infos.url)

    async def fetch(self, uri: str) -> bytes | FileProblem:
        """The file that a contract names, or why there is none; never raises.

        Args:
            uri: As the contract returned it.
        """
        if len(uri) > MAX_URL:
            return FileProblem.URI
        if file := self._on_ipfs(uri):
            return await self._gateways.fetch(file)
        url = self._strangers.read_url(uri)
        if url is None:
            return FileProblem.URI
        server = self._servers.get(url.authority)
        if server is None:
            server = FileServer(self._strangers, self._clock, most_waiting=MOST_WAITING_FOR_A_STRANGER)
            self._servers[url.authority] = server
        return await first_file([server], lambda asked: asked.get(url), self._clock)

    async def fetch_infos(self, contract: str) -> bytes | FileProblem:
        """The infos of a contract (lower case), or why there are none; never raises."""
        url = URL(self._infos.url + contract, encoded=True)
        return await first_file([self._infos], lambda asked: asked.get(url), self._clock)

    async def close(self) -> None:
        """Close the connections."""
        await self._strangers.close()
        await self._own.close()

    def _on_ipfs(self, uri: str) -> IpfsFile | None:
        if file := read_ipfs_uri(uri):
            return file
        url = self._strangers.read_url(uri)
        return read_gateway_path(url.raw_path) if url else None
