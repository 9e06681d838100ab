"""What has to be held for a role: pure, no clock, no Discord, no database.

rule        the conditions, as frozen values
parser      reads a rule from a short text, of which conditions reads what contains no other rule (rule_tokens: its
            words and their places; cursor: where the parser is); rule_text writes it
contradictions   refuses rules that nobody can fulfil, or everybody (same_collections: with what counts as the same)
rule_needs  what rules ask for, so what has to be read: networks, collections, single NFTs, how far back
describe    says a rule as a sentence; explain says why it is answered as it is, missing what a member still needs
storage     a rule as JSON, and back
facts       what is known about a member; patience: how often something must be seen before it is believed
judge       the answer to a rule from those facts (held_counts: how many; observed_spans: for how long;
            dips: what was seen too seldom to count as a break)
rule_moments     when time alone changes that answer: dates, and proofs that become too old (last_day: until when
            anybody can fulfil it)
verdict     granted, denied or unknown, with the reason
gate_file   gates as a YAML file, written and read (plain_yaml: what of YAML is used; file_lines: what is wrong where)
account_list     a list of accounts from a file
gate_csv    gates from the settings of another bot, as a table
typed_collection   a number, a contract or a name from a field of its own, as it is written in a rule
gate        a server's role and its rule; what a server has set
"""
