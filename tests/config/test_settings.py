"""Settings: a typo never means a default, and a secret is never shown."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config.settings import Settings, load
from bot.config.source_tables import BlockscoutTable, LoopringTable
from bot.errors import ConfigError

ETHEREUM = """
[[source]]
name = "ethereum"
kind = "blockscout"
base_url = "https://eth.blockscout.com/api/v2"
chain_id = 1
"""
LOOPRING = """
[[source]]
name = "loopring"
kind = "loopring"
"""
TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.canary.Zm9vYmFy"


@pytest.fixture
def write(tmp_path: Path) -> "Write":
    return Write(tmp_path / "config.toml")


class Write:
    """Writes a configuration and reads it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, text: str, **environ: str) -> Settings:
        self.path.write_text(text, encoding="utf-8")
        return load(self.path, environ)


def test_an_empty_file_means_defaults(write: Write) -> None:
    settings = write("")
    assert settings == Settings()
    assert settings.discord.token is None
    assert settings.display.cache_for == timedelta(seconds=60)


@pytest.mark.parametrize("text", ["", "source = []", "[display]\ncache_seconds = 60"])
def test_without_a_source_there_are_loopring_and_ethereum(write: Write, text: str) -> None:
    loopring, ethereum = write(text).sources
    assert loopring == LoopringTable(name="loopring", base_url="https://api3.loopring.io", requests_per_second=4)
    assert ethereum == BlockscoutTable(
        name="ethereum", base_url="https://eth.blockscout.com/api/v2", chain_id=1, requests_per_second=3
    )


def test_only_the_named_sources_are_used_in_their_order(write: Write) -> None:
    assert [table.name for table in write(ETHEREUM).sources] == ["ethereum"]
    assert [table.name for table in write(ETHEREUM + LOOPRING).sources] == ["ethereum", "loopring"]
    assert [table.name for table in write(LOOPRING + ETHEREUM).sources] == ["loopring", "ethereum"]


def test_the_default_port_is_left_out_of_the_public_url(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text('[web]\npublic_url = "https://verify.example.org:443"')
    assert load(path, {}).web.public_url == "https://verify.example.org"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://verify.example.org/tessera", "a host alone, without a path"),
        ("https://192.0.2.1", "a public name in lower case"),
        ("https://Verify.Example.org", "a public name in lower case"),
        ("http://verify.example.org", "must start with https://"),
    ],
)
def test_a_public_url_that_no_text_can_name_is_refused_at_the_start(tmp_path: Path, url: str, words: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f'[web]\npublic_url = "{url}"')
    with pytest.raises(ConfigError, match=words):
        load(path, {})


def test_a_node_is_a_secret_and_is_not_quoted_when_it_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "absent", {"ETH_RPC_URL": "http://node.example/canary"}, required=False)
    assert "must be a URL starting with https://" in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("nodes", "words"),
    [
        (",", "a node of ETH_RPC_URL must be a URL"),
        ("https://a.example,", "a node of ETH_RPC_URL must be a URL"),
        (",https://a.example", "a node of ETH_RPC_URL must be a URL"),
        ("https://a.example/canary,https://a.example/canary", "the nodes of ETH_RPC_URL must differ"),
    ],
)
def test_two_nodes_never_become_one_by_a_gap_or_a_repetition(tmp_path: Path, nodes: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as refused:
        load(tmp_path / "absent", {"ETH_RPC_URL": nodes}, required=False)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f'{LOOPRING}base_ulr = "x"', "unknown key source.1.base_ulr: did you mean base_url?"),
        ("[diplay]", "unknown key diplay: did you mean display?"),
        ('[linking]\nlogin = "Code"', "linking.login: input should be 'required' or 'code'."),
        ('[linking]\nlogin = ""', "linking.login: input should be 'required' or 'code'."),
        ("[linking]\nlogin = false", "linking.login: input should be 'required' or 'code'."),
        ("[linking]\nlogins = 1", "unknown key linking.logins: did you mean login?"),
        ("[log]\nzzz = 1", "unknown key log.zzz: known here: format, level."),
        (f"{LOOPRING}requests_per_second = 0", "source.1.requests_per_second: input should be greater than 0."),
        ('[log]\nlevel = "loud"', "log.level: input should be 'debug', 'info', 'warning' or 'error'."),
        ('[discord]\nguild_ids = ["x"]', "discord.guild_ids.0: input should be a valid integer"),
        ("discord = 3", "discord: input should be a valid dictionary"),
        (f'{LOOPRING}base_url = "ftp://a.example"', "must be a plain URL starting with https:// or http://"),
        (
            f'{LOOPRING}base_url = "http://a.example"',
            "must start with https:// (plain http:// is for this machine only)",
        ),
        (f'{LOOPRING}base_url = "https://a.example:99999"', "source.1.base_url: must be a plain URL"),
        (f'{LOOPRING}base_url = "https://a.example:abc"', "source.1.base_url: must be a plain URL"),
        (f'{LOOPRING}base_url = "https://a.example:0"', "source.1.base_url: must be a plain URL"),
        (f'{LOOPRING}base_url = "https://:pw@a.example"', "source.1.base_url: must be a plain URL"),
        (f'{LOOPRING}base_url = "https://me@a.example"', "source.1.base_url: must be a plain URL"),
        ('[discord]\ngateway_url = "ws://a.example"', "must start with wss://"),
        ('[display]\nimage_gateways = ["ipfs://"]', "display.image_gateways.0: must be a plain URL"),
        ("[web]\nport = 70000", "web.port: input should be less than or equal to 65535."),
        ('[[source]]\nname = "x"\nkind = "etherscan"', "source.1.kind: must be one of loopring, blockscout, archive."),
        (
            '[[source]]\nname = "x"\nkind = "archive"\npaht = "y"',
            "unknown key source.1.paht: did you mean path?",
        ),
        ('[[source]]\nname = "Has Blanks"\nkind = "archive"\npath = "y"', "source.1.name: string should match"),
        ('[source]\nname = "x"', "source: write [[source]], with two brackets, for each source."),
        ('[[source]]\nname = "x"', "source.1.kind: must be one of loopring, blockscout, archive."),
        (ETHEREUM.replace("eth.blockscout.com/api", "api.blockscout.com/137/api"), "base_url is that of chain 137"),
        (ETHEREUM.replace('"ethereum"', '"loopring"'), "the name loopring means Loopring"),
        (f"{ETHEREUM}{ETHEREUM}", "two sources are named ethereum."),
        (f'{ETHEREUM}fallback = "nobody"', "source ethereum names the fallback nobody, which is no source."),
        (f'{ETHEREUM}fallback = "ethereum"', "the fallbacks of source ethereum lead in a circle."),
        (
            f'{LOOPRING}fallback = "old"\n[[source]]\nname = "old"\nkind = "archive"\npath = "a"\ngrants = true',
            "source old has grants = true, and cannot be the fallback of another",
        ),
        (f'{ETHEREUM}api_key = "k"', "source.api_key must not be in the file: put it into ETHEREUM_API_KEY"),
        ("[source", "not valid TOML"),
        (f"a = {'[' * 3000}{']' * 3000}", "not valid TOML: its brackets are nested hundreds of times."),
        (f"[sync]\nremoval_misses = 1{'0' * 5000}", "not valid TOML: a number in it has thousands of digits."),
        ("[display]\nimage_gateways = []", "display.image_gateways: must have a gateway of IPFS, such as"),
        ('[store]\npath = "a\\u0000b"', "store.path: must be the name of a file, without a NUL character."),
        ('[store]\nbackup_folder = "\\u0000"', "store.backup_folder: must be the name of a file, without a NUL"),
        ('[pictures]\nfont = "\\u0000"', "pictures.font: must be the name of a file, without a NUL character."),
        ('[[source]]\nname = "x"\nkind = "archive"\npath = "\\u0000"', "source.1.path: must be the name of a file"),
        ("\udcff".encode("utf-8", "surrogateescape").decode("latin-1"), "not valid TOML"),
        (f'[discord]\ntoken = "{TOKEN}"', "discord.token must not be in the file: put it into DISCORD_TOKEN"),
        (f'{LOOPRING}api_key = "k"', "source.api_key must not be in the file: put it into LOOPRING_API_KEY"),
    ],
)
def test_a_mistake_gets_one_sentence_that_names_it(write: Write, text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        write(text)
    assert sentence in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert TOKEN not in caught.value.sentence


def test_each_source_finds_its_key_under_its_own_name(write: Write) -> None:
    keys = {"ETHEREUM_API_KEY": "canary-proapi", "LOOPRING_API_KEY": "canary-key", "L2_API_KEY": "canary-l2"}

    def found(text: str) -> list[str]:
        settings = write(text, **keys)
        assert "canary" not in repr(settings) + settings.model_dump_json()
        return [secret.get_secret_value() for secret in settings.secrets]

    assert found("") == ["canary-key", "canary-proapi"]  # the two that are there without any
    assert found(ETHEREUM) == ["canary-proapi"]
    assert found(LOOPRING.replace('"loopring"', '"l2"', 1)) == ["canary-l2"]


def test_the_key_of_one_file_is_not_in_the_defaults_of_the_next(write: Write) -> None:
    assert write("", LOOPRING_API_KEY="canary-key").secrets
    assert write("").secrets == []


def test_a_missing_file_is_an_error_only_when_it_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load(tmp_path / "none.toml", {})
    assert load(tmp_path / "none.toml", {}, required=False) == Settings()


def test_an_unreadable_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, {})


def test_secrets_come_from_the_environment_and_never_show(write: Write) -> None:
    settings = write("", DISCORD_TOKEN=TOKEN, LOOPRING_API_KEY="canary-key")
    assert settings.discord.token
    assert settings.discord.token.get_secret_value() == TOKEN
    for shown in (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump())):
        assert TOKEN not in shown
        assert "canary-key" not in shown


def test_a_wrong_value_beside_a_secret_does_not_show_it(write: Write) -> None:
    with pytest.raises(ConfigError) as caught:
        write("discord = 3", DISCORD_TOKEN=TOKEN)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("written", "rule"),
    [("agree", "agree"), ("first", "first"), (f"archive:{'A' * 64}", f"archive:{'a' * 64}")],
)
def test_a_rule_about_owners_is_one_of_three(write: Write, written: str, rule: str) -> None:
    assert write(f'[linking]\nowners = "{written}"').linking.owners == rule


@pytest.mark.parametrize(
    "written", ["", "any", "archive:", f"archive:{'a' * 63}", f"archive:{'g' * 64}", "first,agree"]
)
def test_any_other_rule_about_owners_is_refused_with_what_is_accepted(write: Write, written: str) -> None:
    with pytest.raises(ConfigError, match=r"linking\.owners.* must be agree, first, or archive: and a SHA-256"):
        write(f'[linking]\nowners = "{written}"')


@pytest.mark.parametrize("host", ["127.0.0.1:8765", "localhost", "[::1]:1"])
def test_time_may_be_moved_from_this_machine(write: Write, host: str) -> None:
    url = f"http://{host}/_sandbox/clock"
    assert write(f'[discord]\nclock_url = "{url}"').discord.clock_url == url
    assert write("").discord.clock_url == ""


@pytest.mark.parametrize("url", ["https://example.com/clock", "https://192.168.1.2/clock", "https://localhost.example"])
def test_nobody_else_moves_the_time(write: Write, url: str) -> None:
    with pytest.raises(ConfigError, match=r"discord\.clock_url.* must be on this machine .*for demonstrations only"):
        write(f'[discord]\nclock_url = "{url}"')


def test_a_file_of_another_version_is_explained_key_by_key(write: Write) -> None:
    with pytest.raises(ConfigError) as caught:
        write(
            "[display]\ncache_secods = 5\n[discord]\narweave_gateway = 'x'\n[logging]\nlevel = 'info'\n"
            f"[web]\nport = 99999\npublic_url = 'nonsense'\nxyz = 1\n{ETHEREUM}\nlive_data = 'canary'\n"
        )
    head, *lines = caught.value.sentence.splitlines()
    assert head == f"{write.path}: 7 things are wrong:"
    assert "  unknown key discord.arweave_gateway: it belongs in [display]." in lines
    assert "  unknown key display.cache_secods: did you mean cache_seconds?" in lines
    assert "  unknown key web.xyz: known here: host, port, public_url, trusted_proxies." in lines
    assert "  web.port: input should be less than or equal to 65535." in lines
    assert len([line for line in lines if "public_url:" in line]) == 1
    assert "canary" not in caught.value.sentence
