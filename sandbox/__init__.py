"""Local stand-ins that let anyone run the bot without accounts or keys, and a page to use them.

One aiohttp server under one port; `app.make_app()` wires it.

    world, chains, wallets       the values: who is on Discord, who holds what on Loopring and on the chains
    community                    reads `community.toml` into a world, with the help of fixtures and deployments
    population, withdrawals, trades
                                 change a world: more people; NFTs that go from Loopring to Ethereum; sales and gifts
    signing, signers, checksums  keys and signatures, who in the world can sign, and the case of addresses
    discord/                     the gateway, the REST API, and what people's clients do
    loopring/                    the REST API of holdings
    blockscout/                  the REST API of holdings on the chains
    ethereum/                    nodes, for the JSON-RPC calls that check signatures, and for Loopring's history
    rollup/                      that history: layer 2 while it is made, its blocks, and how Ethereum has them
    browser/                     a browser with a wallet extension, in front of the bot's own pages
    pictures/                    an IPFS gateway and Discord's CDN; every picture is drawn here
    screen/                      the page, which looks and behaves like a Discord client
    faults, fault_modes          faults injected on purpose: when, and what each does to a response
    held_requests                a request that is not answered before somebody says so
    moved_time                   a clock that can be moved, for what takes days in a community
    traffic                      the recorded requests; services: which stand-in a path belongs to
    control_api, discord_control, control_requests
                                 the routes under `/_sandbox` for tests and the page; app_keys: where the parts are
    bot_process                  the bot as a child process

It knows nothing of the bot and imports none of it, so that a wrong model cannot agree with itself.
"""
