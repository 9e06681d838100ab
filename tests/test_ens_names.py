"""A name is looked up as the Ethereum Name Service compares names (ENSIP-15), or refused with the reason."""

import subprocess
import sys

import pytest
from ens_normalize import (
    CurableSequenceType,
    DisallowedSequence,
    DisallowedSequenceType,
    ens_normalize,
    is_ens_normalizable,
)
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from bot.errors import InputError
from bot.messages import ENGLISH, TRANSLATED, Language, set_reader_language
from bot.names import Names, RefKind
from bot.names.ens_name import REASONS
from bot.text import safe_text

NAMES = Names(("loopring", "eip155:1"))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        pytest.param("CoinBase.eTh", "coinbase.eth", id="ens_dart#9"),
        pytest.param("trish\U0001fae7.eth", "trish\U0001fae7.eth", id="go-ens#39, a newer emoji"),
        pytest.param("\U0001f620\ufe0f.eth", "\U0001f620.eth", id="ensjs#361, with a presentation selector"),
        pytest.param("women\u2615.eth", "women\u2615.eth", id="ens-metadata-service#123"),
        pytest.param(
            "raffy\U0001f6b4\u200d\u2642\ufe0f.eth", "raffy\U0001f6b4\u200d\u2642.eth", id="joined emoji: ENSIP-15"
        ),
        pytest.param("\U0001f469\u200d\U0001f680.eth", "\U0001f469\u200d\U0001f680.eth", id="joined emoji alone"),
        pytest.param("1\ufe0f\u20e32\ufe0f\u20e3.eth", "1\u20e32\u20e3.eth", id="keycaps"),
        pytest.param("ja\u0308ckel.eth", "jäckel.eth", id="safe-ios#1549, with a combining letter"),
        pytest.param("J\u00c4CKEL.eth", "jäckel.eth", id="safe-ios#1549, in capitals"),
        pytest.param("⌐◨‐◨.eth", "⌐◨-◨.eth", id="ens-metadata-service#71"),
        pytest.param("\uff56\uff49\uff54\uff41\uff4c\uff49\uff4b.eth", "vitalik.eth", id="full width"),
        pytest.param("vitalik\u3002eth", "vitalik.eth", id="an ideographic full stop"),
        pytest.param("vitalik\uff0eeth", "vitalik.eth", id="a full-width stop"),
        pytest.param("vitalik.eth.", "vitalik.eth", id="a dot at the end"),
        pytest.param("fo\u200bo.eth", "foo.eth", id="a blank that nobody sees"),
        pytest.param("fo\u00ado.eth", "foo.eth", id="a soft hyphen"),
        pytest.param("_foo.eth", "_foo.eth", id="an underscore before"),
        pytest.param("\u03be.eth", "\u03be.eth", id="greek"),
        pytest.param("marko.argent.xyz", "marko.argent.xyz", id="metamask-extension#7265"),
        pytest.param("name.argent.XYZ", "name.argent.xyz", id="dexwebapp#160"),
        pytest.param("mvlauria.cb.id", "mvlauria.cb.id", id="unlock#13205"),
        pytest.param("jesse.base.eth", "jesse.base.eth", id="a name of another chain"),
        pytest.param("alice.xyz", "alice.xyz", id="localsafe.eth#11"),
    ],
)
def test_a_name_is_looked_up_as_it_is_compared(typed: str, name: str) -> None:
    ref = NAMES.parse_account(typed)
    assert (ref.kind, ref.value) == (RefKind.NAME, name)
    assert NAMES.parse_account(name) == ref  # and is what it becomes


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("fo_o.eth", "it contains an underscore in a disallowed position"),
        ("p\u0430yp\u0430l.eth", "it contains visually confusing characters from multiple scripts"),
        ("ni\u200dck.eth", "it contains a disallowed invisible character"),
        ("xn--ls8h.eth", "it contains the sequence '--' in a disallowed position"),
        pytest.param("y\u012bny\u00e1ng.eth", "it contains a disallowed character", id="viem#1965"),
        ("foo!.eth", "it contains a disallowed character"),
        ("\u0300.eth", "it contains a combining mark in a disallowed position"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(InputError) as refused:
        NAMES.parse_account(typed)
    assert "is not a name that the Ethereum Name Service accepts" in refused.value.sentence
    assert reason in refused.value.sentence
    assert "Use an account id" in refused.value.sentence


def reason_of(typed: str) -> str:
    """Why a name is refused, in the reader's language."""
    with pytest.raises(InputError) as refused:
        NAMES.parse_account(typed)
    return refused.value.words.render()


@pytest.mark.parametrize("language", TRANSLATED, ids=str)
@pytest.mark.parametrize("typed", ["fo_o.eth", "p\u0430yp\u0430l.eth", "ni\u200dck.eth", "foo!.eth", "xn--ls8h.eth"])
def test_the_reason_is_in_the_readers_language(typed: str, language: Language) -> None:
    in_english = reason_of(typed)
    set_reader_language(language)
    words = reason_of(typed)
    set_reader_language(ENGLISH)
    with pytest.raises(DisallowedSequence) as refused:
        ens_normalize(typed)
    assert refused.value.code in REASONS
    said = REASONS[refused.value.code]().render()
    assert said in in_english
    assert said not in words
    assert str(refused.value)[1:] not in words  # the library's own


def test_every_reason_of_the_library_has_words_of_our_own() -> None:
    """Of names that can be cured, and of those that cannot; a new one is seen here when the library is updated."""
    codes = {each.code for each in (*CurableSequenceType, *DisallowedSequenceType)}
    assert codes == set(REASONS)


# What pictures are made of, with what joins them, and letters that may stand beside them.
EMOJI = "\U0001f469\U0001f468\U0001f467\U0001f3fd\u2764\U0001f525\U0001f3f4\u2620\U0001f4bb\U0001fae9\u2194\U0001f642"
PARTS = st.sampled_from([*EMOJI, "\u200d", "\u200d", "\u200d", "\ufe0f", "1\u20e3", "a", "_", "é", "好"])


@settings(max_examples=1000, deadline=None)
@given(label=st.lists(PARTS, min_size=1, max_size=9).map("".join))
@example(label="\U0001f469\u200d\U0001f469\u200d\U0001f467")
@example(label="\u2764\ufe0f\u200d\U0001f525")
@example(label="\U0001f3f4\u200d\u2620\ufe0f")
@example(label="\U0001f468\U0001f3fd\u200d\U0001f4bb")
@example(label="\U0001f642\u200d\u2194")
@example(label="\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f")
@example(label="\U0001fae9")
@example(label="www")
def test_a_name_is_shown_as_itself_and_as_no_other_name(label: str) -> None:
    assume(is_ens_normalizable(f"{label}.eth"))
    name = ens_normalize(f"{label}.eth")
    assert ens_normalize(safe_text(name, 80, plain=True)) == name


def test_plain_names_need_no_tables() -> None:
    """They take 90 MB, which a bot whose members type plain names does not need."""
    seen = "import sys; from bot.names import Names; Names().parse_account('{}'); print('ens_normalize' in sys.modules)"
    loaded = [
        subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-c", seen.format(name)], capture_output=True, text=True, check=True
        ).stdout
        for name in ("Ada-2.Loopring.eth", "\u03be.eth")
    ]
    assert loaded == ["False\n", "True\n"]
