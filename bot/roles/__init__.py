"""Which roles to give, to take and to keep, and why: pure, no clock, no Discord, no database.

grants        what the bot gave (the ledger), and how often a holder was seen not to qualify (misses)
plan          from verdicts, ledger, misses and clock to changes; each with its reason
safety        the breaker: when removals wait for a person
eligibility   which roles may be given at all, and by whom
"""
