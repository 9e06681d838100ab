"""Each command line of the documents is run as an operator would run it, or is listed with the reason why not."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.process import free_port, running
from tests.sandbox_client import SECRETS, SandboxClient, write_config

PROJECT = Path(__file__).parents[2]
GUIDE = (PROJECT / "docs" / "operating.md").read_text(encoding="utf-8")

# The beginning of a line → why no test runs it.
EXCEPTIONS: Mapping[str, str] = {
    "pipx install": "builds an environment from the package index; tests/supply_chain/test_wheel.py builds its wheel",
    "tessera run": "serves until it is stopped: every other process test starts it",
    "docker compose": "there is no container engine; tests/supply_chain reads the image and the compose file",
    "sudo ": "changes this machine; systemd-analyze reads the unit in tests/supply_chain/test_hardening.py",
    "git pull": "needs the repository that it was cloned from",
    "git checkout": "changes the files that are tested",
}
# The same of the other documents.
OTHER_EXCEPTIONS: Mapping[str, str] = {
    "make ": "tests/test_docs.py compares the verbs; `make test` is what runs this",
    "cp config.example.toml": "run below, as docs/operating.md has it too",
    "export ": "a secret of the reader's",
    "sudo ": EXCEPTIONS["sudo "],
    "docker ": EXCEPTIONS["docker compose"],
    "tessera archive serve": "serves until it is stopped; tests/archive_api/test_http_api.py asks it",
    "tessera owners set": "an address that is shortened for the reader; tests/cli/test_owners.py has whole ones",
    "tessera owners forget": "follows it; tests/cli/test_owners.py",
    "tessera archive rebuild --rpc https://node.example -o": "in docs/loopring-archive.md again, as of there it is run",
    "tessera archive rebuild --era1": "reads files of Ethereum's history; tests/archive_api/test_era1.py makes some",
    "tessera archive compare": "ends with 1 where two archives differ; tests/cli/test_archive_snapshot.py",
    "tessera snapshot ": "about a server's own snapshots; tests/cli/test_snapshot_commands.py",
    "tessera contest decide": "likewise shortened, about a contest that is open; tests/cli/test_contest_commands.py",
}
NODES = "https://node.example/KEY,https://other.example/KEY"
LIST = f"holder,nft_address,nft_id,nft_type,nft_amount\n0x{'a' * 40},0x{'f' * 40},1,1,4\n"
COMMAND = re.compile(
    r"^ *((?:make|tessera|docker|sudo|cp|export|install|chmod|chown|pipx|git|curl|kill|systemctl)\b.*)$", re.MULTILINE
)


def lines_of_others() -> list[str]:
    """The command lines of all documents but the operator's guide, in their order."""
    documents = [*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").glob("*.md"))]
    texts = [
        path.read_text(encoding="utf-8") for path in documents if path.name not in ("operating.md", "CHANGELOG.md")
    ]
    blocks = [
        block for text in texts for block in re.findall(r"^ *```(?:sh)?\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    ]
    return [line for block in blocks for line in COMMAND.findall(block)]


def lines_of(heading: str) -> list[str]:
    """The command lines below a heading."""
    section = GUIDE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert section, heading
    return [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
        for line in block.splitlines()
    ]


def runnable(heading: str) -> list[str]:
    """Those that are no exceptions."""
    return [line for line in lines_of(heading) if not line.startswith(tuple(EXCEPTIONS))]


RUN_WITH_THE_BOT = ("Look after it", "Change settings: reload", "Back up, and try the backup", "Metrics")
RUN_WITHOUT_IT = ("Install", "Restore", "Upgrade", "Roll back")


def test_no_command_line_is_forgotten() -> None:
    known = {*RUN_WITH_THE_BOT, *RUN_WITHOUT_IT}
    headings = re.findall(r"^## (.*)$", GUIDE, re.MULTILINE)
    assert {heading for heading in headings if lines_of(heading)} == known
    everything = [line for heading in known for line in lines_of(heading)]
    assert [start for start in EXCEPTIONS if not any(line.startswith(start) for line in everything)] == []
    blocks = re.findall(r"^```(\w*)$", GUIDE, re.MULTILINE)
    assert set(blocks) == {"sh", "toml", ""}
    others = lines_of_others()
    assert [start for start in OTHER_EXCEPTIONS if not any(line.startswith(start) for line in others)] == []


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which `tessera` is this checkout's."""
    folder = tmp_path / "commands"
    folder.mkdir()
    command = folder / "tessera"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m bot "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


async def shell(lines: list[str], folder: Path, **environ: str) -> str:
    """Run lines one after another as a shell does, which must all succeed; what they print."""
    names = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "LOOPRING_"))}
    process = await asyncio.create_subprocess_exec(
        *("sh", "-e", "-c", "\n".join(lines)),
        cwd=folder,
        env={**names, **SECRETS, "PYTHONPATH": str(PROJECT), **environ},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    output = printed.decode()
    assert process.returncode == 0, output
    return output


async def test_an_operators_life_with_one_bot(bare_sandbox: SandboxClient, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "bot"
    folder.mkdir()
    web, metrics = free_port(), free_port()
    tables = {"web": f"port = {web}", "metrics": f"port = {metrics}", "store": 'path = "tessera.db"'}
    async with running(bare_sandbox, folder, **tables) as bot:
        await bot.says("bytes, verified")
        environ = {"PATH": path, "TESSERA_PID": str(bot.process.pid)}
        printed = await shell(runnable("Look after it"), folder, **environ)
        assert "✓ Discord: ready" in printed
        assert '"gateway": "ready"' in printed
        await shell(runnable("Change settings: reload"), folder, **environ)
        await bot.says("reload: nothing has changed")
        printed = await shell(runnable("Back up, and try the backup"), folder, **environ)
        assert re.search(r"drill/tessera\.db: [\d,]+ rows? in \d+ tables", printed)
        assert "✓ Store: tessera.db is whole" in printed
        assert not (folder / "drill").exists()
        if shutil.which("curl"):
            fetch = [line.replace("9464", str(metrics)) for line in runnable("Metrics")]
            assert "tessera_gateway_up 1.0" in await shell(fetch, folder, **environ)
        (folder / "accounts.txt").write_text("10001\n", encoding="utf-8")
        (folder / "list.csv").write_text(LIST, encoding="utf-8")
        nodes = f"{bare_sandbox.url}/ethereum/1,{bare_sandbox.url}/ethereum/1/b"
        others = [
            line.replace(NODES, nodes) for line in lines_of_others() if not line.startswith(tuple(OTHER_EXCEPTIONS))
        ]
        assert len(others) >= 9
        printed = await shell(others, folder, **environ)
        assert "stored: " in printed
        assert "Account loopring:10001" in printed
        code, _ = await bot.stop()
        assert code == 0
    write_config(folder, bare_sandbox, **tables | {"loopring": "requests_per_second = 1000"})
    for heading in ("Restore", "Upgrade", "Roll back"):
        assert "✓ Store: tessera.db is whole" in await shell(runnable(heading), folder, PATH=path)


async def test_the_example_is_a_configuration_to_begin_with(tmp_path: Path, path: str) -> None:
    shutil.copy(PROJECT / "config.example.toml", tmp_path)
    lines = [line for line in runnable("Install") if line != "tessera check"]  # it would ask the real services
    assert lines == ["cp config.example.toml config.toml"]
    await shell([*lines, "tessera --version"], tmp_path, PATH=path)
