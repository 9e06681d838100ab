"""The panel below a text to sign outlives the text, and the proof: it says which of them is over, and what helps."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from tests.e2e.clocked import text_of
from tests.sandbox_client import Answer, Person
from tests.web.harness import PageHarness

OVER = "This proof is over: its ten minutes have passed, or you have started again since. Run `/verify` for a new text."


async def paste(harness: PageHarness, person: Person, answer: Answer, text: str) -> Answer:
    """Paste a right signature of a text."""
    signature = await harness.sandbox.signature(text, "10001")
    return await person.submit(await person.press(answer, "paste"), signature=signature)


def assert_over(answer: Answer) -> None:
    """Nothing is left to press, and it says what to do."""
    assert answer.embeds[0]["title"] == "No longer valid"
    assert answer.embeds[0]["description"] == OVER
    assert answer.components() == []


async def test_a_text_that_expired_within_the_proof_is_replaced(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    harness.pass_time(timedelta(minutes=6))
    late = await paste(harness, ada, answer, text_of(answer))
    assert late.embeds[0]["title"] == "No longer valid"
    assert late.embeds[0]["description"] == (
        "That text is not valid any more: it was used, or its five minutes are over.\n"
        "Press **New text**, and sign that one."
    )
    renewed = await ada.press(late, "again")
    linked = await paste(harness, ada, renewed, text_of(renewed))
    assert linked.embeds[0]["title"] == "Linked"


async def test_a_signature_after_the_proofs_ten_minutes_offers_no_new_text(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    harness.pass_time(timedelta(minutes=10))
    assert_over(await paste(harness, ada, answer, text_of(answer)))


async def test_a_new_text_that_is_asked_for_too_late_says_so(
    harness: PageHarness, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    wrong = await paste(harness, ada, answer, "another text")
    harness.pass_time(timedelta(minutes=10, seconds=5))
    await ada.press(wrong, "again")
    assert_over(await harness.sandbox.current(wrong))
    assert "Traceback" not in caplog.text


async def test_a_proof_that_a_newer_one_replaced_is_over(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    older = await ada.run("verify", account="10001")
    wrong = await paste(harness, ada, older, "another text")
    oldest_text = text_of(await ada.run("verify", account="10001"))
    await ada.press(wrong, "again")
    assert_over(await harness.sandbox.current(wrong))
    newer = await ada.run("verify", account="10001")
    await ada.run("verify", account="10001")
    assert_over(await paste(harness, ada, newer, oldest_text))


async def test_the_last_text_of_a_proof_ends_its_panel(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    for _ in range(4):
        wrong = await paste(harness, ada, answer, "another text")
        answer = await ada.press(wrong, "again")
    wrong = await paste(harness, ada, answer, "another text")
    await ada.press(wrong, "again")
    ended = await harness.sandbox.current(wrong)
    assert ended.embeds[0]["title"] == "Limit reached"
    assert "Run `/verify`" in ended.embeds[0]["description"]
    assert ended.components() == []


async def test_a_second_modal_does_not_replace_what_the_first_one_linked(harness: PageHarness) -> None:
    """Open on a phone and on a desktop: the button that undoes it must stay."""
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    signature = await harness.sandbox.signature(text_of(answer), "10001")
    first, second = await ada.press(answer, "paste"), await ada.press(answer, "paste")
    assert (await ada.submit(first, signature=signature)).embeds[0]["title"] == "Linked"
    await ada.submit(second, signature=signature)
    shown = await harness.sandbox.current(answer)
    assert shown.embeds[0]["title"] == "Linked"
    undone = await ada.press(shown, "unlink")
    assert "`loopring:10001` and the proof." in undone.text


async def test_of_two_modals_at_once_one_is_taken(harness: PageHarness) -> None:
    ada = await harness.sandbox.person("ada")
    answer = await ada.run("verify", account="10001")
    signature = await harness.sandbox.signature(text_of(answer), "10001")
    modals = [await ada.press(answer, "paste") for _ in range(4)]
    await asyncio.gather(*(ada.submit(modal, signature=signature) for modal in modals))
    linked = await harness.sandbox.current(answer)
    assert linked.embeds[0]["title"] == "Linked"
    assert [item["label"] for item in linked.components()] == ["Unlink"]
    presses = await asyncio.gather(*(ada.press(linked, "unlink") for _ in range(2)))
    assert not any("not among yours" in pressed.text for pressed in presses)
