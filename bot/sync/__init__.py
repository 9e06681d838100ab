"""Roles that follow holdings. Level-triggered: what is true is gathered, a plan is made of it, and it is applied.

sync              all of it, as the commands and the jobs see it
ports             what is needed of Discord, as a protocol; the cogs implement it
readings          reads accounts at their sources, and stores what was observed
                  source_answers, account_facts: from an answer to what is stored, and from that to what is known
                  reading_ages: how often accounts can be read, and how long a reading counts
                  reading_passes: reads the accounts that are due, some at a time
asked_rules       what the rules of all servers ask for together
gather            the first step: all that is decided from, from the store (evidence: how old an answer is)
deciding          the second one: `bot.roles.plan` decides; misses are stored, and the last one confirmed
                  (second_question)
apply             the third one: makes the changes one at a time, and records each after Discord confirmed it
                  (open_run: what is changed in one go)
report            the last one: what was done, and what waits, in sentences (change_reason, short_reason: why)
outbox            what is to be said, and is said once
judging           the steps for the members of one server
                  (second_look: reads roles, twice where a member is said to have none)
breaker           counts who would lose a role, and lets removals wait
removals          what admins decide about these: hold, approve, discard, look again; and undoing a run
silence           a source that does not answer is reported once, and once that it answers again
last_roles        what was seen of members' roles, for a while: they are not read for it again
parking           gates that cannot work are parked, and heal (gate_sources: which networks they ask about)
runner            the loop: which accounts and members are due; one worker for each server
scans             slow scans for drift, and for linked users among the members of a server
previews          what would follow from gates that are not saved yet
                  (first_readings: reads what it asks about and was not read lately)
adoption          members who have a gate's role already come under the gate
left_servers      servers that the bot has left, and what is retained of them
debts             roles of deleted members that Discord did not take yet
standings         how members stand, and what an act of theirs would cost
holder_answers    who holds a collection in a server: lists (holder_lists), what changed (holder_history), how gates
                  stand (holder_stats), reading what a list lacks (holder_reads), and who is missing (holder_gaps);
                  holder_progress: what long work of these needs of the person who waits
sync_status       how sync stands in a server
results           what is answered, as values
"""
