"""A server for thousands of days: members buy and sell, everything fails now and then, and a history is checked.

scenario    how large, how long, how often what fails; and which guard is taken out
faults      when what fails, decided by the seed
world       the truth: who holds what, and what Discord shows
source      what the source answers, true or not
chat        Discord: roles of members, with its own faults
history     what happened, as it was seen from outside of the bot
bot_model   the bot: the real decision, with a store in memory
admin       the person who is alerted
checker     whether the history breaks an invariant
run         all of it, for a seed
real_run    the same with all of sync and its store in place of the model (answers: the source, as its readings ask it)
"""
