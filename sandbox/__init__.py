"""Local stand-ins that let anyone run the bot without accounts or keys, and a page to use them.

One aiohttp server under one port; `app.make_app()` wires it.

    world, community, invented   who is on Discord and who holds what on Loopring
    chains, deployments          who holds what on Ethereum and its like; withdrawals: from Loopring to there
    signing, wallets             everybody's keys, and smart wallets
    discord/                     the gateway, the REST API, and what people's clients do
    loopring/                    the REST API of holdings
    blockscout/                  the REST API of holdings on the chains
    ethereum/                    nodes, as far as they are asked about signatures
    browser/                     a browser with a wallet extension, in front of the bot's own pages
    pictures/                    an IPFS gateway and Discord's CDN; every picture is drawn here
    screen/                      the page, which looks and behaves like a Discord client
    faults, traffic, switches    what goes wrong on purpose, what was said, and the routes that control both
    bot_process                  the bot as a child process

It knows nothing of the bot and imports none of it, so that a wrong model cannot agree with itself.
"""
