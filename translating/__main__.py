"""`python -m translating`: bring the catalogues up to date with the code, compile them, and print what is wrong."""

from __future__ import annotations

import argparse
import asyncio
import sys

from docs_site.demo import open_demo
from translating.catalog_checks import problems_of
from translating.command_texts import texts_of_commands
from translating.po_files import CODES, read, updated, write
from translating.script_texts import texts_in_scripts
from translating.sentences import texts_in_code
from translating.texts import Text, merged
from translating.untranslated import read_list, untranslated, write_list


async def all_texts() -> list[Text]:
    """What is to be translated; the commands are asked of a bot that has registered them."""
    async with open_demo() as demo:
        commands = await demo.commands()
    return merged([*texts_in_code(), *texts_in_scripts(), *texts_of_commands(commands)])


def main() -> int:
    """Do so; 1 if a translation cannot be shown as it is."""
    parser = argparse.ArgumentParser(prog="make words", description=__doc__)
    parser.add_argument("--accept-missing", action="store_true", help="new texts may be without translations for now")
    accepts = parser.parse_args().accept_missing
    texts = asyncio.run(all_texts())
    catalogs = {code: updated(code, texts, read(code)) for code in CODES}
    found = [f"{code}: {problem}" for code in CODES for problem in problems_of(code, catalogs[code], texts)]
    for code in CODES:
        write(code, catalogs[code])
    missing = untranslated(texts, catalogs)
    write_list(missing if accepts else missing & read_list())
    for code in CODES:
        print(f"{code:6} {len(texts) - sum(1 for one in missing if one[0] == code):5} of {len(texts)} translated")
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
