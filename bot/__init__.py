"""Tessera: shows what an account holds, grouped by collection, and keeps "unknown" apart from "zero".

    Discord ──interaction──▶ cogs ┐           ┌─▶ lookup ──▶ sources ──HTTP──▶ Loopring · Blockscout · archive file
    browser ──HTTP─────────▶ web  ┴─▶ linking ┼─▶ ethereum, oauth ───HTTP──▶ Ethereum nodes · Discord's login
                                              └─▶ store ─────────────SQL───▶ SQLite
    Discord ◀──embed, view── cogs ◀── embeds, paginator ◀── plain frozen values (holdings, links)

One way down, one way back. A cog parses an interaction, calls one service, shows one answer.

    errors, text             the pure core: what may be said and shown; no I/O, no clock, no Discord
    holdings, names          the nouns, and what people call them
    links, pseudonyms        whose an account is: named, proven, contested; and names that say nothing without a key
    challenge, signature, abi   the text that a wallet signs, who signed it, and what a contract is asked about it
    config, config_errors, source_tables   Settings, read once, from a TOML file and the environment
    sources/                 where holdings come from, over one polite HTTP client
    archive/                 holdings in a file: its format, recording, verifying, serving
    store/                   SQLite, on one thread that owns the connection; its lock, its migrations, its backups
    ethereum, oauth          what contracts say, by nodes that must agree; who sits at a browser, by Discord's login
    lookup, reading          answers about accounts and collections, shared while under way and kept for a while
    linking/                 accounts of members, and their proofs from the first step to the last
    embeds, link_embeds, proof_embeds   values → embeds
    panel                    a View that belongs to one person: who may press, when it dies, what if it breaks
    pages, paginator, page_items   the long answers, page by page, and what can be pressed below them
    client, cogs/            the Discord side
    web/                     the bot's own HTTP: its health, and the page on which members prove an account
    serve                    the only place where the running bot's objects are built
    run                      stays connected until told to stop
    __main__, check, table   the command line, and what it says
    log, bodies              what is told on standard error, never a secret; reading answers that never end
"""

__version__ = "0.1.0"
