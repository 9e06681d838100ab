"""What has to be held for a role: pure, no clock, no Discord, no database.

rule        the conditions, as frozen values
parser      reads a rule from a short text (tokens: its words and their places); rule_text writes it
describe    says a rule, and why it is answered as it is, in sentences
storage     a rule as JSON, and back
facts       what is known about a member
judge       the answer to a rule from those facts
verdict     granted, denied or unknown, with the reason
gate        a server's role and its rule; what a server has set
"""
