"""Tessera: shows what an account holds, grouped by collection, and never takes "unknown" for "zero".

    Discord ──interaction──▶ cogs ┐           ┌─▶ lookup ──▶ sources ──HTTP──▶ Loopring · Blockscout · archive file
    clock ────loop─────────▶ sync ┼─▶ linking ┼─▶ ethereum, oauth ───HTTP──▶ Ethereum nodes · Discord's login
    browser ──HTTP─────────▶ web  ┘           └─▶ store ─────────────SQL───▶ SQLite
    Discord ◀──embed, view── cogs ◀── ui ◀── plain frozen values (holdings, links)

Calls go down, values are returned. A cog parses an interaction, calls one service, shows one answer. A feature is found
in three places: its package, `store/<feature>` and `cogs/<feature>`.

    errors, reasons, text    pure: errors and reasons with their sentences; text that is safe to show
    holdings, names          pure: the nouns, and how people name them
    counts                   pure: how many, as far as it is known; the only place that may decide "not held"
    links/                   pure: who an account belongs to (named, proven, contested); proofs under way
    signing/                 pure: the text that a wallet signs, who signed it, and what a contract is asked about it
    gates/                   pure: what has to be held for a role: rules, their text, their verdicts
    roles/                   pure: which roles to give, to take, to keep, and why; what may not be given; the breaker
    holders/                 pure: who holds a collection in a server: lists, changes, distributions, gaps
    messages                 pure: sentences as values, rendered where they are shown
    config/                  Settings, read once, from a TOML file and the environment
    sources/                 where holdings come from, over one HTTP client that respects limits
    archive/                 holdings in a file: the format alone
    store/                   SQLite, on one thread that owns the connection; file/: opening, lock, backups
    lookup/                  answers about accounts and collections, shared while under way and cached for a while
    linking/                 accounts of members, and their proofs from the first step to the last
    sync/                    roles that follow holdings: gather, decide, apply, report
    archive_api/             recording an archive, and serving it over Loopring's API
    ui/                      what Discord needs and all features share: client, panel, paginator, embeds
    cogs/                    the commands: holdings/, linking/, about
    web/                     the bot's own HTTP: its health, and the page on which members prove an account
    app/                     the composition root: the only place where the running bot's objects are built; and the
                             jobs that the bot runs by itself (background, schedule)
    cli/                     the command line, and what it prints
"""

__version__ = "0.1.0"
