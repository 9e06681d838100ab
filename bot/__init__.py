"""Tessera: shows what an account holds, grouped by collection, and keeps "unknown" apart from "zero".

    Discord ──interaction──▶ cogs ──▶ lookup ──┬─▶ sources ──HTTP──▶ Loopring · Blockscout · archive file
    browser ──HTTP─────────▶ web               └─▶ store ────SQL───▶ SQLite
    Discord ◀──embed, view── cogs ◀── embeds, paginator ◀── plain frozen values (holdings)

One way down, one way back. A cog parses an interaction, calls one service, shows one answer.

    errors, text             the pure core: what may be said and shown; no I/O, no clock, no Discord
    holdings, names          the nouns, and what people call them
    config                   Settings, read once, from a TOML file and the environment
    sources/                 where holdings come from, over one polite HTTP client
    archive/                 holdings in a file: its format, recording, verifying, serving
    store/                   SQLite, on one thread that owns the connection
    lookup, reading          answers about accounts and collections, shared while under way and kept for a while
    embeds, pages            values → embeds; the long answers, page by page
    paginator, page_items    the one View behind every long answer, and what can be pressed below it
    client, cogs/            the Discord side
    web/                     the bot's own HTTP: its health
    __main__                 the command line, and the only place where objects are built
"""

__version__ = "0.1.0"
