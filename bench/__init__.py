"""Speed and memory of the bot, measured from outside: `python -m bench`.

The bot runs in a process of its own, as its operator runs it. The sandbox runs in this one: while bursts are measured
there are two programs for two cores, of which the bot is the busier by far, and a burst can be handed to the sandbox
without an HTTP request for each person, which a third process would need two cores more for.
Everything goes over loopback, so what is measured is the bot and not a network.

    bursts         how soon interactions are acknowledged when many come at once
    first_page     what the bot adds to Loopring's own time until a list shows
    details_calls  how often Loopring is asked
    footprint      memory, and the time from start to ready
    stand          the sandbox and the people in it       bot_process   the bot as a child process
    figures        what was measured, and its targets     percentiles   nearest-rank percentiles
"""
