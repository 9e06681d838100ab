"""Speed and memory of the bot, measured from outside: `python -m bench`.

The bot runs in a process of its own, as its operator runs it. The sandbox runs in this one: while bursts are measured
there are two programs for two cores, of which the bot is the busier by far, and a burst can be handed to the sandbox
without an HTTP request for each person, which a third process would need two cores more for.
Everything goes over loopback, so what is measured is the bot and not a network.

    bursts         how soon interactions are acknowledged when many come at once, beside a bot that does nothing else
    first_page     what the bot adds to Loopring's own time until a list shows
    details_calls  how often Loopring is asked
    footprint      memory, and the time from start to ready
    archive, recording   an archive's size and speed, and how fast one is recorded
    page           the page for proofs: each request of a visitor, and proofs and `signatures` a second
    flood          junk at the page, from `flooding`, and whether Discord is still answered
    kills          links that are written while the process is killed
    visits         members who prove accounts, as browsers do
    sandbox        the sandbox and the people in it       bot_process   the bot as a child process
    bare_bot       discord.py alone, to compare with
    figures        what was measured, and its targets     percentiles   nearest-rank percentiles
"""
