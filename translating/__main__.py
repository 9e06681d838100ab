"""`python -m translating`: bring the catalogues up to date with the code, and compile them."""

from __future__ import annotations

import asyncio

from docs_site.demo import open_demo
from translating.command_texts import texts_of_commands
from translating.po_files import CODES, is_whole, read, updated, write
from translating.script_texts import texts_in_scripts
from translating.sentences import texts_in_code
from translating.texts import Text, merged


async def all_texts() -> list[Text]:
    """What is to be translated; the commands are asked of a bot that has registered them."""
    async with open_demo() as demo:
        commands = await demo.commands()
    return merged([*texts_in_code(), *texts_in_scripts(), *texts_of_commands(commands)])


def main() -> None:
    """Do so, and print how much is translated."""
    texts = asyncio.run(all_texts())
    for code in CODES:
        catalog = updated(code, texts, read(code))
        write(code, catalog)
        done = sum(1 for one in catalog if one.id and is_whole(one))
        print(f"{code:6} {done:5} of {len(texts)} translated")


if __name__ == "__main__":
    main()
