"""Who holds a collection in a server: lists, changes, distributions, gaps, as plain values. No I/O, no clock.

held           what each proven account holds, as an interval, and each member of all their accounts
past           what an account held at a moment of the past: exact, or not known
change_kind    in which way a member's holdings changed
changes        who joined, left, holds more or less since a moment
distribution   how many members hold how many kinds
trend          how many members held it over time
gate_stats     how a gate stands: who earns its role, who has it, what changed
since          the moment that people mean by "since"
gap            who is missing: holders in all, those linked here, and the others

Snapshots, and the files that they are exported as:

snapshot          the values: who fits a rule, what they hold, and how far that is known; schedules
counting          what a snapshot counted besides its rule: two are compared only where it is the same
take_snapshot     from what is known about a member to their row in a snapshot
snapshot_changes  two snapshots: who joined, left, has more, has fewer, and of whom it is not known
export_view       what of a snapshot may be shown: which accounts, which members
export_head       the words at the head of a file: what it is of, and, loudly, what is missing
export_files      CSV, JSON and the two lists for airdrops: the same bytes for the same snapshot
seal              SHA-256 of a file and its signature, in a file beside it; sealed_export: both with their names
"""
