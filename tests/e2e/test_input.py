"""What is typed wrongly gets one clear sentence, in private, and leaves nothing behind."""

from __future__ import annotations

import pytest

from tests.sandbox_client import Person


@pytest.mark.parametrize(
    ("account", "sentence"),
    [
        ("abc", "“abc” is not an account."),
        ("-1", "“-1” is not an account."),
        ("0x12", "“0x12” is not a whole address"),
        (str(10**30), "An account id is a number from 1 to 4294967295."),
        ("solana:1", "No source here knows “solana”. Configured: `loopring`."),
        ("999999", "Loopring has no such account: check the number, address or name."),
        ("0x" + "12" * 20, "Loopring has no account for 0x1212…1212."),
        ("nobody-has-this.eth", "The name nobody-has-this.eth has no address."),
    ],
)
async def test_what_is_no_account_gets_a_sentence(ada: Person, account: str, sentence: str) -> None:
    answer = await ada.run("collections", account=account)
    assert sentence in answer.text
    assert answer.message["ephemeral"]
    assert answer.message["components"] == []
    assert "Traceback" not in answer.text
    assert len(await ada.messages()) == 1


async def test_without_a_linked_account_the_answer_says_how_to_name_one(ada: Person) -> None:
    answer = await ada.run("collections")
    assert answer.embeds[0]["title"] == "Welcome! Which account is yours?"
    assert "You have no account linked. Link one" in answer.text
    # There is no page here: an address that is not linked cannot be proven.
    assert [button["label"] for button in answer.components()] == ["Link an account", "Show me an example"]
    assert not any(button["disabled"] for button in answer.components())
    public = await ada.run("collections", share=True)
    assert (public.message["ephemeral"], public.text) == (True, answer.text)  # it is for nobody else
    assert "Only you see" not in public.text
    assert (await ada.press(answer, "example")).titles()
    again = await ada.submit(await ada.press(answer, "link"), account="https://opensea.io/collection/harbour-lights")
    assert "That link leads to something else" in again.text
    linked = await ada.submit(await ada.press(again, "link"), account="10001")
    assert linked.embeds[0]["title"] == "Linked, not proven yet"
    shown = await ada.press(linked, "collections?ac=loopring:10001")
    assert shown.message["id"] != linked.message["id"]
    assert shown.titles()


async def test_what_is_no_contract_gets_a_sentence(ada: Person) -> None:
    answer = await ada.run("collections", account="10001", contract="0x1")
    assert "“0x1” is not a contract address: use 0x and 40 hex digits." in answer.text


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("abc", "“abc” is not a collection id: use its number, such as `254`."),
        ("-5", "“-5” is not a collection id"),
        ("999999999", "Loopring knows no collection 999999999."),
    ],
)
async def test_what_is_no_collection_gets_a_sentence(ada: Person, number: str, sentence: str) -> None:
    answer = await ada.run("collection", id=number)
    assert sentence in answer.text
    assert answer.message["ephemeral"]


async def test_what_was_typed_is_quoted_harmlessly(ada: Person) -> None:
    answer = await ada.run("collections", account="@everyone https://evil.example <@1>", share=True)
    assert "@everyone" not in answer.text
    assert "https://" not in answer.text
    assert "paste the one link alone" in answer.text
