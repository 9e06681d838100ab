"""Who holds a collection in a server: lists, changes, distributions, gaps, as plain values. No I/O, no clock.

held           what each proven account holds, as an interval, and each member of all their accounts
past           what an account held at a moment of the past: exact, or not known
changes        who joined, left, holds more or less since a moment
distribution   how many members hold how many kinds
trend          how many members held it over time
gate_stats     how a gate stands: who earns its role, who has it, what changed
since          the moment that people mean by "since"
gap            who is missing: holders in all, those linked here, and the others
"""
