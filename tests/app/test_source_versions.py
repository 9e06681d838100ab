"""At the start the log says which version of Blockscout answers; a source that does not say it is no error."""

from __future__ import annotations

from bot.app.source_versions import SourceVersions
from tests.blockscout_source import answer, hurry, open_blockscout
from tests.loopring_source import open_source
from tests.sandbox_client import SandboxClient


async def test_each_version_is_said_once_and_again_when_it_has_changed(sandbox: SandboxClient) -> None:
    said: list[str] = []
    await hurry(sandbox, version="11")
    async with open_blockscout(sandbox) as chain, open_source(sandbox) as loopring:
        versions = SourceVersions([loopring, chain], said.append)
        await versions.look()
        await versions.look()
        assert said == ["Ethereum (Blockscout): its version is v11.2.7"]
        await hurry(sandbox, version="12")
        await versions.look()
        assert said[1:] == ["Ethereum (Blockscout): its version is v12.0.2"]


async def test_a_source_that_does_not_say_its_version_is_no_error(sandbox: SandboxClient) -> None:
    said: list[str] = []
    await hurry(sandbox)
    await answer(sandbox, "/config/", {"message": "Not found"}, 404)
    async with open_blockscout(sandbox) as chain:
        await SourceVersions([chain], said.append).look()
    assert said == []
