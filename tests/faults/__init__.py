"""The fault table, case by case: what fails, what members have afterwards as Discord has it, and what admins read.

cases             number → the tests that show it elsewhere (a test here has its number in its name)
sandboxed         sync over real sources that ask the sandbox, and clocks that only a test moves
watched_discord   looks whether what it is asked for was written down before
full_disk         a process whose disk is full for an hour
live_sync         sync over real discord.py and the sandbox's Discord and Loopring, where only time is moved
kept_store        a store that processes of the bot are started and killed on
"""
