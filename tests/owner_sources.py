"""Sources that say who owns an account: archives that were recorded, and a Loopring whose domain a stranger holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.archive.lines import AccountRecord
from bot.archive.writer import write_archive
from tests.archive.fixtures import RECORDED_AT, header
from tests.sandbox_client import SandboxClient

# In the sandbox's community.
ADA, HANA = "10001", "10002"
ADA_OWNER = "0x90e78956725e312a4217e90bdd1d8a496f018a71"
HANA_OWNER = "0xf153278d25b7c23da3d5183d43fb68321778175d"


def write_owners(path: Path, owners: Mapping[str, str]) -> Path:
    """An archive that says who owns some accounts, "" for one whose owner was not recorded."""
    records = [AccountRecord(account, RECORDED_AT, owner, 0, "", ()) for account, owner in owners.items()]
    write_archive(path, header(), [], records)
    return path


async def lie(sandbox: SandboxClient, account: str, owner: str) -> None:
    """Let Loopring say from now on that an address owns an account, by whichever of the two it is asked."""
    truth = await sandbox.get("/loopring/api/v3/account", accountId=account)
    await sandbox.fault("status", path="/api/v3/account", status=200, body=truth | {"owner": owner})
