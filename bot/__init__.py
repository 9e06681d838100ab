"""Tessera: shows what an account holds, grouped by collection, and keeps "unknown" apart from "zero".

    Discord ──interaction──▶ cogs ──▶ lookup ──┬─▶ sources ──HTTP──▶ Loopring
    browser ──HTTP─────────▶ web               └─▶ store ────SQL───▶ SQLite
    Discord ◀──embed, view── cogs ◀── embeds, paginator ◀── plain frozen values (holdings)

One way down, one way back. A cog parses an interaction, calls one service, shows one answer.

    errors, text, holdings   the pure core: values, words, what may be shown; no I/O, no clock, no Discord
    config                   Settings, read once, from a TOML file and the environment
    sources/                 where holdings come from, over one polite HTTP client
    store/                   SQLite, on one thread that owns the connection
    lookup                   answers about accounts and collections, shared while under way and kept for a while
    embeds, paginator        values → embeds; the one View behind every long answer
    client, cogs/            the Discord side
    web/                     the bot's own HTTP: its health
    __main__                 the command line, and the only place where objects are built
"""

__version__ = "0.1.0"
