"""Which roles to give, to take and to keep, and why: pure, no clock, no Discord, no database.

grants        what the bot gave (the ledger), and how often a holder was seen not to qualify (misses)
case          what is decided from, and what is decided, as values
plan          from verdicts, ledger, misses and clock to changes; each with its reason
ladders       of several gates only the highest gives its role
removal       whether a role may be taken: every reason to wait
proof_warning a member is notified once before their proof is too old for roles that they have
miss_count    how often, and over how long, a holder was seen not to qualify
safety        the breaker: when removals wait for a person
eligibility   which roles may be given at all, and by whom
powers        which permissions of a role are dangerous
"""
