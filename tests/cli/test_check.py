"""`tessera check`: each problem is one line, and what works is not reported as a problem."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tests.cli.result import Command, Result
from tests.process import free_port
from tests.sandbox_client import SandboxClient, write_config

PAGE = 'public_url = "https://verify.example.org"\ntrusted_proxies = ["127.0.0.1/32"]'


async def finds(
    tessera: Command, line: str, *, code: int, verdict: str | None = None, config: Path | None = None
) -> Result:
    """`check` finds this one thing wrong, and says so in one line."""
    result = await (tessera("check", config=config) if config else tessera("check"))
    assert [each for each in result.lines if each.startswith("✗")] == [line]
    assert result.err == ""
    assert result.code == code
    if code == 2 or verdict:
        assert result.lines[-1] == (verdict or "Not ready yet.")
    return result


async def test_check_when_all_is_well(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    result = await tessera("check")
    assert (result.code, result.err) == (0, "")
    store, discord, invite, loopring, accounts, owners, *availabilities, verdict = result.lines
    assert store == f"✓ Store: {tmp_path / 'tessera.db'} will be made at the first start"
    assert discord.startswith("✓ Discord: the token is that of tessera")
    assert re.fullmatch(
        r"· Invite: https://discord\.com/oauth2/authorize\?client_id=\d+&scope=bot\+applications\.commands&permissions="
        r"268454912",
        invite,
    )
    assert re.fullmatch(
        rf"✓ Loopring: {re.escape(sandbox.url)}/loopring accepts the key and answered in \d+ ms", loopring
    )
    assert accounts == (
        "✓ Accounts: without a network, an account is looked up at: loopring. A number is looked up at: loopring."
    )
    assert owners == "✓ Owners: who owns an account of loopring is what loopring says: it is the only source that knows"
    assert [re.sub(":.*", "", line) for line in availabilities] == [
        "· Page with Discord login (its secret is tested by the first login)",
        "· Page with a code typed back in Discord",
        "✓ Signature pasted in Discord",
        "· A moderator's word, in their server alone",
        "✓ Wallets with a key of their own",
        "· Smart wallets that are deployed",
        "· Smart wallets that are not deployed yet (Loopring)",
    ]
    assert availabilities[5].endswith(": set ETH_RPC_URL to the address of an Ethereum node")
    assert verdict == "All is well."


async def test_check_says_where_an_account_without_a_network_is_looked_up(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    chains = "".join(
        f'[[source]]\nkind = "blockscout"\nname = "{name}"\nbase_url = "SANDBOX/blockscout/{chain}/api/v2"\n'
        f"chain_id = {chain}\nfallback = {fallback}\n"
        for name, chain, fallback in (("ethereum", 1, '"behind"'), ("behind", 1, '""'), ("base", 8453, '""'))
    )
    result = await tessera("check", config=write_config(tmp_path, sandbox, sources=chains))
    # A fallback is only asked through the source that it belongs to.
    assert (
        "✓ Accounts: without a network, an account is looked up at: loopring, ethereum, base; the first of these that "
        "holds something is shown first. A number is looked up at: loopring." in result.lines
    )


async def test_check_says_that_time_is_moved(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    clock = f'clock_url = "{sandbox.url}/_sandbox/clock"'
    result = await tessera("check", config=write_config(tmp_path, sandbox, discord=clock))
    assert f"! time is moved by {sandbox.url}/_sandbox/clock: for demonstrations only." in result.lines
    assert (result.code, result.lines[-1]) == (0, "All is well.")


async def test_check_while_one_of_two_sources_is_down(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    chain = '[[source]]\nkind = "blockscout"\nname = "ethereum"\nbase_url = "SANDBOX/blockscout/1/api/v2"\nchain_id = 1'
    await sandbox.fault("status", path="", status=503)
    await finds(
        tessera,
        f"✗ Loopring: {sandbox.url}/loopring: Loopring has an internal error (HTTP 503). Try again in a minute.",
        code=1,
        verdict="The bot can start; a source does not answer now.",
        config=write_config(tmp_path, sandbox, sources=chain),
    )


async def test_check_says_which_proofs_a_page_and_nodes_add(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ETH_RPC_URL", f"{sandbox.url}/ethereum/1,{sandbox.url}/ethereum/1/b")
    result = await tessera("check", config=write_config(tmp_path, sandbox, web=PAGE, linking='login = "code"'))
    assert result.code == 0
    assert "✓ Page with a code typed back in Discord" in result.lines
    assert [line for line in result.lines if line[0] == "!"] == [
        '! [linking] login = "code": only the member can see that a link is somebody else\'s, not the bot.'
    ]
    assert "✓ Ethereum: every node of ETH_RPC_URL answers" in result.lines
    monkeypatch.setenv("DISCORD_CLIENT_SECRET", "canary.client.secret")
    result = await tessera("check", config=write_config(tmp_path, sandbox, web=PAGE))
    assert result.code == 0
    assert "✓ Page with Discord login (its secret is tested by the first login)" in result.lines
    assert [line for line in result.lines if line[0] == "!"] == []


async def test_check_with_a_page_that_lacks_the_login(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    result = await finds(
        tessera,
        "✗ Page: The page of [web] public_url needs Discord's login: set DISCORD_CLIENT_SECRET, or "
        'DISCORD_CLIENT_SECRET_FILE to a file that contains it; or set [linking] login = "code" if members are to type '
        "back a code, which is less safe.",
        code=2,
        config=write_config(tmp_path, sandbox, web=PAGE),
    )
    assert any("register https://verify.example.org/oauth/cb as a redirect" in line for line in result.lines)


async def test_check_with_a_page_behind_a_proxy_that_nobody_named(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_CLIENT_SECRET", "canary.client.secret")
    await finds(
        tessera,
        "✗ Page: [web] public_url is public, but trusted_proxies does not say which proxy serves it: set it to the "
        'proxy\'s address, such as ["127.0.0.1/32"]; or to "none", and all visitors share the limits of one.',
        code=2,
        config=write_config(tmp_path, sandbox, web=PAGE.partition("\n")[0]),
    )


async def test_check_with_a_store_that_others_can_replace(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    path = folder / "tessera.db"
    await finds(
        tessera,
        f"✗ Store: {path}: other users can write in the folder {folder}: run chmod go-w {folder}.",
        code=2,
        config=write_config(tmp_path, sandbox, store=f'path = "{path}"'),
    )


async def test_check_with_a_secret_file_that_others_can_read(
    tessera: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "canary"
    secret.write_text("canary.client.secret", encoding="utf-8")
    secret.chmod(0o644)
    monkeypatch.setenv("DISCORD_CLIENT_SECRET_FILE", str(secret))
    result = await tessera("check")
    assert (result.code, result.out) == (2, "")
    assert result.err == (
        "tessera: DISCORD_CLIENT_SECRET_FILE: other users can read or write that file: "
        'run chmod 600 "$DISCORD_CLIENT_SECRET_FILE".\n'
    )


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("wrong_chain", "is not on Ethereum's mainnet (chain id 1). Set the address of one that is."),
        ("error", "does not answer now, or its answer is none of an Ethereum node."),
        ("key_refused", "refuses its key, or this bot (HTTP 401 or 403). Copy the address with its key again."),
    ],
)
async def test_check_says_what_is_wrong_with_a_node(
    sandbox: SandboxClient, tessera: Command, monkeypatch: pytest.MonkeyPatch, mode: str, words: str
) -> None:
    await sandbox.post("/_sandbox/ethereum", {"node": "b", "mode": mode})
    monkeypatch.setenv("ETH_RPC_URL", f"{sandbox.url}/ethereum/1,{sandbox.url}/ethereum/1/b")
    result = await finds(tessera, f"✗ Ethereum: node 2 of ETH_RPC_URL {words}", code=1)
    assert "Ethereum does not answer now" in result.lines[-1]


@pytest.mark.parametrize("status", [400, 405, 413, 422, 500, 501])
async def test_a_node_that_refuses_single_requests_too_does_not_answer(
    tessera: Command, sandbox: SandboxClient, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    await sandbox.fault("status", "/ethereum/1/b", service="ethereum", status=status)
    monkeypatch.setenv("ETH_RPC_URL", f"{sandbox.url}/ethereum/1,{sandbox.url}/ethereum/1/b")
    words = "does not answer now, or its answer is none of an Ethereum node."
    await finds(tessera, f"✗ Ethereum: node 2 of ETH_RPC_URL {words}", code=1)


async def test_check_says_that_a_node_takes_no_batches_which_is_no_fault(
    sandbox: SandboxClient, tessera: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sandbox.post("/_sandbox/ethereum", {"node": "b", "mode": "no_batches"})
    monkeypatch.setenv("ETH_RPC_URL", f"{sandbox.url}/ethereum/1,{sandbox.url}/ethereum/1/b")
    result = await tessera("check")
    assert result.code == 0
    assert "✓ Ethereum: every node of ETH_RPC_URL answers" in result.lines
    assert (
        "! Ethereum: node 2 of ETH_RPC_URL takes no batches (JSON-RPC), and is asked one by one: an answer costs two "
        "requests." in result.lines
    )


async def test_check_accepts_no_such_account_as_an_answer(sandbox: SandboxClient, tessera: Command) -> None:
    await sandbox.fault("error", code=104007, message="Invalid accountId")
    result = await tessera("check")
    assert result.code == 0
    assert "accepts the key" in result.lines[3]


async def test_check_without_a_token(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    await finds(
        tessera,
        "✗ Discord: no token. Set DISCORD_TOKEN, or DISCORD_TOKEN_FILE to a file that contains it.",
        code=2,
    )


async def test_check_with_a_token_that_is_refused(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary.wrong.token")
    await finds(
        tessera,
        "✗ Discord: refuses DISCORD_TOKEN. Copy the token again from the developer portal (Bot → Reset Token).",
        code=2,
    )


async def test_check_with_a_key_that_is_refused(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPRING_API_KEY", "canary-wrong-key")
    await finds(
        tessera,
        "✗ Loopring: Loopring refuses this bot's API key: its operator must check LOOPRING_API_KEY.",
        code=2,
    )


async def test_check_without_a_key(tessera: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOOPRING_API_KEY")
    await finds(
        tessera,
        "✗ Loopring: Loopring requires an API key and this bot has none: its operator must set LOOPRING_API_KEY.",
        code=2,
    )


async def test_check_while_the_source_is_down(sandbox: SandboxClient, tessera: Command) -> None:
    await sandbox.fault("status", path="", status=503)
    await finds(
        tessera,
        f"✗ Loopring: {sandbox.url}/loopring: Loopring has an internal error (HTTP 503). Try again in a minute.",
        code=1,
        verdict="The bot can start; the source does not answer now.",
    )


async def test_check_with_a_store_that_cannot_be_written(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    path = tmp_path / "absent" / "tessera.db"
    config = write_config(tmp_path, sandbox, store=f'path = "{path}"')
    await finds(
        tessera,
        f"✗ Store: {path}: the store cannot be written: No such file or directory. Set [store] path.",
        code=2,
        config=config,
    )


async def test_check_with_a_file_that_is_not_a_store(tessera: Command, tmp_path: Path) -> None:
    path = tmp_path / "tessera.db"
    path.write_bytes(b"no database" * 1000)
    await finds(
        tessera,
        f"✗ Store: {path}: not a store that Tessera can use: file is not a database. It was not touched.",
        code=2,
    )
    assert path.read_bytes() == b"no database" * 1000


async def test_check_while_discord_cannot_be_reached(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    config = write_config(tmp_path, sandbox, discord=f'api_url = "http://127.0.0.1:{free_port()}/api/v10"')
    result = await finds(
        tessera,
        "✗ Discord: cannot be reached (ClientConnectorError); the token could not be tested.",
        code=1,
        config=config,
    )
    # The other two are well: it must not be the source that is blamed.
    assert "source does not answer" not in result.lines[-1]
    assert "Discord" in result.lines[-1]


async def test_check_while_discord_has_a_fault(sandbox: SandboxClient, tessera: Command) -> None:
    await sandbox.post(
        "/_sandbox/faults", {"service": "discord", "path": "users/@me", "kind": "status", "status": 503, "times": None}
    )
    result = await finds(
        tessera, "✗ Discord: cannot be reached (DiscordServerError); the token could not be tested.", code=1
    )
    assert "Discord" in result.lines[-1]


async def test_check_reports_everything_that_is_wrong_at_once(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "canary.wrong.token")
    monkeypatch.setenv("LOOPRING_API_KEY", "canary-wrong-key")
    config = write_config(tmp_path, sandbox, store=f'path = "{tmp_path}"')
    result = await tessera("check", config=config)
    assert result.code == 2
    assert [line[:3] for line in result.lines if line[0] not in "✓·"] == ["✗ S", "✗ D", "✗ L", "Not"]
    assert "canary" not in result.out + result.err


async def test_check_sees_a_port_that_another_program_has(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for tables, table in (
            ({"web": f"port = {port}"}, "web"),
            ({"metrics": f"port = {port}"}, "metrics"),
        ):
            await finds(
                tessera,
                f"✗ [{table}] 127.0.0.1:{port} is in use already. Choose another port.",
                code=2,
                config=write_config(tmp_path, sandbox, **tables),
            )
    for host, reason in (
        ("192.0.2.1", "Cannot assign requested address"),
        ("exa mple", "Name or service not known"),
        ("x" * 70, "no host can have this name"),
        ("a\\u0000b", "no host can have this name"),
    ):
        result = await tessera("check", config=write_config(tmp_path, sandbox, web=f'host = "{host}"'))
        [line] = [each for each in result.lines if each.startswith("✗")]
        assert line.startswith("✗ [web] host ")
        assert line.endswith(
            f": this machine cannot listen there: {reason}. Use one of its own addresses, such as `127.0.0.1`."
        )
        assert (result.code, result.err) == (2, "")
    await finds(
        tessera,
        "✗ [metrics] port is that of [web]: choose another one, as metrics are not for the page's visitors.",
        code=2,
        config=write_config(tmp_path, sandbox, web=f"port = {port}", metrics=f"port = {port}"),
    )


async def test_check_tries_the_ports_together(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    port = free_port()
    await finds(
        tessera,
        "✗ [metrics] port is that of [web]: choose another one, as metrics are not for the page's visitors.",
        code=2,
        config=write_config(tmp_path, sandbox, web=f'host = "0.0.0.0"\nport = {port}', metrics=f"port = {port}"),
    )


async def test_check_with_a_folder_that_takes_no_backups(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    store = 'path = "tessera.db"\nbackup_folder = "/nonexistent/a/b"'
    await finds(
        tessera,
        "✗ Store: /nonexistent/a/b: backups cannot be written there: No such file or directory. "
        "Set [store] backup_folder.",
        code=2,
        config=write_config(tmp_path, sandbox, store=store),
    )


async def test_check_sees_an_intent_that_discord_does_not_grant(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    await finds(
        tessera,
        "✗ Discord: Discord does not grant this bot the members intent: switch it on in the developer portal (Bot → "
        "Server Members Intent), or set members_intent = false.",
        code=2,
        config=write_config(tmp_path, sandbox, discord="members_intent = true"),
    )


async def test_check_with_a_font_that_is_none(sandbox: SandboxClient, tessera: Command, tmp_path: Path) -> None:
    await finds(
        tessera,
        "✗ Pictures: [pictures] font: /nonexistent.ttf is no font file that can be read. A .ttf, .otf or .ttc file is "
        "accepted.",
        code=2,
        config=write_config(tmp_path, sandbox, pictures='font = "/nonexistent.ttf"'),
    )


async def test_the_invitation_asks_for_the_audit_log_only_where_that_is_read(
    sandbox: SandboxClient, tessera: Command, tmp_path: Path
) -> None:
    config = write_config(tmp_path, sandbox, discord="moderation_intent = true")
    [invite] = [line for line in (await tessera("check", config=config)).lines if line.startswith("· Invite: ")]
    assert invite.endswith(f"&permissions={268454912 + (1 << 7)}")
