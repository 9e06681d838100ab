"""Without a public URL an account is proven inside Discord: a signature of a text, made with any program and pasted."""

from __future__ import annotations

import pytest

from tests.sandbox_client import Answer, Person, SandboxClient


async def start_proof(sandbox: SandboxClient, username: str, **options: str) -> tuple[Person, Answer]:
    """Somebody, and the answer to their `/verify`."""
    person = await sandbox.person(username)
    return person, await person.run("verify", **options)


async def paste(person: Person, answer: Answer, signature: str) -> Answer:
    """Paste a signature; the answer."""
    return await person.submit(await person.press(answer, "paste"), signature=signature)


def text_of(answer: Answer) -> str:
    """The text to be signed, as Discord's copy button takes it."""
    content: str = answer.message["content"]
    assert content.startswith("```text\n")
    assert content.endswith("\n```")
    return content.removeprefix("```text\n").removesuffix("\n```")


async def test_a_signature_of_the_text_proves_an_account_and_links_it(sandbox: SandboxClient) -> None:
    ada, answer = await start_proof(sandbox, "ada", account="10001")
    assert answer.message["ephemeral"]
    assert "I am Discord user ada (ID 920001048583001117)" in text_of(answer)
    assert "0x90e78956725E312a4217E90bDd1D8a496f018A71".lower() in answer.text.lower()
    assert "You have no account linked" in (await ada.run("accounts")).text  # nothing before the proof
    done = await paste(ada, answer, await sandbox.signature(text_of(answer), "10001"))
    assert done.message["content"] == ""
    assert "Linked `0x90E7…8A71` (`loopring:10001`). Not you? Press **Unlink**." in done.text
    assert "proven by signature" in (await ada.run("accounts")).text
    assert "It is already proven by signature" in (await ada.run("link", account="10001")).text
    shown = await sandbox.settled(await ada.run("collections"))
    assert shown.embeds[0]["description"].endswith(" · Your main account, proven")

    undone = await ada.press(done, "unlink")
    assert "`loopring:10001` and the proof." in undone.text
    assert "You have no account linked" in (await ada.run("accounts")).text


async def test_a_wrong_signature_makes_the_text_invalid_and_a_button_gives_a_new_one(sandbox: SandboxClient) -> None:
    bruno, answer = await start_proof(sandbox, "brunowaves", account="10007")
    slip = await paste(bruno, answer, "0xnothing")
    assert slip.message["id"] != answer.message["id"]  # answered below, and the text is still valid
    wrong = await paste(bruno, answer, await sandbox.signature("another text", "10007"))
    assert wrong.embeds[0]["title"] == "Not proven"
    assert wrong.message["content"] == ""
    assert [item["label"] for item in wrong.components()] == ["New text"]
    renewed = await bruno.press(wrong, "again")
    assert text_of(renewed) != text_of(answer)
    old = await paste(bruno, renewed, await sandbox.signature(text_of(answer), "10007"))
    assert old.embeds[0]["title"] == "Not proven"
    renewed = await bruno.press(old, "again")
    done = await paste(bruno, renewed, await sandbox.signature(text_of(renewed), "10007"))
    assert done.embeds[0]["title"] == "Linked"


async def test_without_a_named_account_the_only_unproven_one_is_proven(sandbox: SandboxClient) -> None:
    hana, answer = await start_proof(sandbox, "hana")
    assert "Which account? Name it, also if you give a `signer`: `/verify account:10001`" in answer.text
    prove = await hana.press(await hana.run("link", account="10002"), "prove")
    assert "urn:loopring:account:10002" in text_of(prove)
    answer = await hana.run("verify")
    assert "urn:loopring:account:10002" in text_of(answer)
    # The first text is no longer valid: its verification ended when another began.
    late = await paste(hana, prove, await sandbox.signature(text_of(prove), "10002"))
    assert late.embeds[0]["title"] == "No longer valid"
    assert (await paste(hana, answer, await sandbox.signature(text_of(answer), "10002"))).embeds[0]["title"] == "Linked"
    panel = await hana.run("accounts")
    again = await hana.press(panel, "prove")
    assert panel.component("prove")["label"] == "Prove again"
    assert "urn:loopring:account:10002" in text_of(again)
    assert await hana.suggestions("verify", "account") == ["loopring:10002"]
    await hana.run("link", account="10009")
    assert await hana.suggestions("verify", "account") == ["loopring:10009", "loopring:10002"]
    assert await hana.suggestions("unlink", "account") == ["loopring:10002", "loopring:10009"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param({"account": "abc"}, "“abc” is not an account.", id="no account"),
        pytest.param({"account": "999999"}, "Loopring has no such account", id="unknown account"),
        pytest.param({"account": "10001", "signer": "0x12"}, "That is not an Ethereum address", id="no address"),
    ],
)
async def test_what_cannot_be_proven_is_refused_at_the_start(
    sandbox: SandboxClient, options: dict[str, str], sentence: str
) -> None:
    _, answer = await start_proof(sandbox, "uma", **options)
    assert sentence in answer.text
    assert answer.message["ephemeral"]
    assert answer.components() == []


async def test_the_key_of_a_smart_wallet_signs_in_the_wallets_name(sandbox: SandboxClient) -> None:
    kestrel = await sandbox.person("kestrel")
    key = (await sandbox.post("/_sandbox/sign", {"account": "10010", "text": "?"}))["address"]
    answer = await kestrel.run("verify", account="10021", signer=key)
    assert f"\n{key}\n" in text_of(answer)
    assert "- eip155:1:0x" in text_of(answer)
    # No node is configured here, and only the wallet's contract could say whether it is valid.
    answered = await paste(kestrel, answer, await sandbox.signature(text_of(answer), "10010"))
    assert "no Ethereum node to ask" in answered.text


async def test_a_sixth_verification_within_an_hour_is_refused(sandbox: SandboxClient) -> None:
    yusuf = await sandbox.person("yusuf")
    for _ in range(5):
        text_of(await yusuf.run("verify", account="10013"))
    refused = await yusuf.run("verify", account="10013")
    assert refused.embeds[0]["title"] == "Limit reached"
    assert "Try again in 60 minutes." in refused.text


async def test_what_somebody_else_has_proven_is_contested(sandbox: SandboxClient) -> None:
    dmitri, answer = await start_proof(sandbox, "dmitri.k", account="10014")
    await paste(dmitri, answer, await sandbox.signature(text_of(answer), "10014"))
    wren = await sandbox.person("wren")
    named = await wren.run("link", account="10014")
    assert "nother member" not in named.text  # or everybody could ask who has what
    answer = await wren.press(named, "prove")
    answered = await paste(wren, answer, await sandbox.signature(text_of(answer), "10014"))
    assert "unless they sign again before" in answered.text
    assert answered.components() == []
    assert "You claim" in (await wren.run("accounts")).text

    panel = await dmitri.run("accounts")
    assert "Another member claims" in panel.text
    objected = await dmitri.press(panel, "object")
    assert "Press **Prove again**, or `/verify account:loopring:10014`." in objected.text
    assert not any(item["custom_id"].endswith(":object") for item in objected.components())
    answer = await dmitri.press(objected, "prove")
    await paste(dmitri, answer, await sandbox.signature(text_of(answer), "10014"))
    assert "claims" not in (await dmitri.run("accounts")).text
    assert "unproven" in (await wren.run("accounts")).text
