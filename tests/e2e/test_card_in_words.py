"""`/card` where no pictures are drawn: the same in words."""

from __future__ import annotations

from pathlib import Path

from sandbox.app_keys import PICTURES
from tests.conftest import open_bot
from tests.e2e.test_card import posted, shared


async def test_without_pictures_the_card_is_in_words_and_can_be_posted_all_the_same(tmp_path: Path) -> None:
    async with open_bot(tmp_path, loopring="requests_per_second = 1000", pictures="enabled = false") as sandbox:
        person = await shared(sandbox, "ada", "10001")
        answer = await person.run("card")
        assert answer.message["attachments"] == []
        assert "Harbour Lights: 12 different NFTs." in answer.text
        assert "and 18 more collections" in answer.text
        assert "Pictures are switched off here, so this is in words." in answer.text
        assert not sandbox.app[PICTURES].asked
        before = await person.messages()
        await person.press(answer, "post-card")
        (message,) = await posted(person, before)
        assert "Harbour Lights: 12 different NFTs." in message["embeds"][0]["description"]
