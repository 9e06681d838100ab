"""Speed and memory of the bot, measured from outside: `python -m bench`.

The bot runs in a process of its own, as its operator runs it. The sandbox runs in this one: so there are two programs
for two cores while bursts are measured (the bot is by far the busier one), and a burst reaches the sandbox without an
HTTP request for each person, for which a third process would need two more cores.
All traffic uses loopback, so the bot is measured and not a network.

    bursts         how soon interactions are acknowledged when many come at once, beside a bot that does nothing else
    first_page     what the bot adds to Loopring's own time until a list is shown
    details_calls  how often Loopring is asked
    footprint      memory, and the time from start to ready
    archive, recording   an archive's size and speed, and how fast one is recorded
    page           the page for proofs: each request of a visitor, and proofs and `signatures` a second
    flood          invalid requests to the page, from `flooding`, and whether Discord is still answered
    passes         all linked accounts read, by `one_pass` in real time and by `virtual_pass` in virtual time
    virtual_loop   a loop whose time is the sum of all waits, also for tests
    judging        100,000 members judged, by `judge_all` over a `filled_store`
    holder_exports  a snapshot of 10,000 holders: made, stored, exported in each form with its seal, compared
    holder_lists   10,000 holders with a million observations: listed, compared with a month ago, and over time
    first_sync     a thousand roles given, of a `paced_discord`, in virtual time
    role_delays    how soon a proof or `/refresh` gives a role; `linked_crowd` links accounts before the bot starts
    background     whether a pass over all accounts keeps commands waiting
    kills          links that are written while the process is killed
    visits         members who prove accounts, as browsers do
    sandbox        the sandbox and the people in it       bot_process   the bot as a child process, by a `bot_config`
    bare_bot       discord.py alone, to compare with
    small_sizes    of `--smoke`: whether each part can run
    figures        what was measured, and its targets     percentiles   nearest-rank percentiles
"""
