"""What a server's admins decided about roles.

gate_table      gates: read, changed one by one or all at once; `Gates` is what the rest of the bot uses
alias_table     which collections count as the same
gate_history    every change with who and when, and how one is taken back
history_bounds  how many of these are retained
gate_rows       rows and JSON to values, and back
settings_table  what a server has set
keep_out_table  accounts that members keep out of a server
guild_table     versions of a server's gates and settings; servers that the bot has left
held_names      names of the collections that a server's members hold
"""
