"""Tessera: shows what an account holds, grouped by collection, and keeps "unknown" apart from "zero".

    Discord ──interaction──▶ cogs ┐           ┌─▶ lookup ──▶ sources ──HTTP──▶ Loopring · Blockscout · archive file
    browser ──HTTP─────────▶ web  ┴─▶ linking ┼─▶ ethereum, oauth ───HTTP──▶ Ethereum nodes · Discord's login
                                              └─▶ store ─────────────SQL───▶ SQLite
    Discord ◀──embed, view── cogs ◀── ui ◀── plain frozen values (holdings, links)

One way down, one way back. A cog parses an interaction, calls one service, shows one answer. A feature is found in
three places: its package, `store/<feature>` and `cogs/<feature>`.

    errors, text, reasons    pure: what may be said and shown
    holdings, names          pure: the nouns, and what people call them
    counts                   pure: how many, as far as it is known; the one place that may say "not held"
    links, proofs            pure: whose an account is (named, proven, contested), and the proofs under way
    proofs                   pure: a proof under way, and how far it may go from where
    signing/                 pure: the text that a wallet signs, who signed it, and what a contract is asked about it
    messages                 pure: sentences as values, put into words where they are shown
    config/                  Settings, read once, from a TOML file and the environment
    sources/                 where holdings come from, over one polite HTTP client
    archive/                 holdings in a file: the format alone
    store/                   SQLite, on one thread that owns the connection; file/: opening, lock, backups
    lookup/                  answers about accounts and collections, shared while under way and cached for a while
    linking/                 accounts of members, and their proofs from the first step to the last
    archive_api/             recording an archive, and serving it over Loopring's API
    ui/                      what Discord needs and no feature owns: client, panel, paginator, embeds
    cogs/                    the commands: holdings/, linking/, about
    web/                     the bot's own HTTP: its health, and the page on which members prove an account
    app/                     the composition root: the only place where the running bot's objects are built; and what
                             the bot does by itself (background, schedule)
    cli/                     the command line, and what it prints
"""

__version__ = "0.1.0"
