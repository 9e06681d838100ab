"""Roles that follow holdings. Level-triggered: what is true is gathered, a plan is made of it, and it is applied.

ports        what is needed of Discord, as a protocol; the cogs implement it
readings     reads accounts at their sources when they are due, and stores what was observed (source_answers: what a
             source answers, as what is stored; reading_ages: how often that is possible, how long it counts)
account_facts   what is stored of an account, as what is known now
gather       all that a plan is made from, from the store
apply        makes the changes of a plan, one at a time, and records each after Discord confirmed it
report       posts what was done, and what waits
runner       the loop: which accounts and members are due
"""
