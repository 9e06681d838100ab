"""What lists of holders rest on, of one server at a time; all of it is read on the second connection.

holder_rows    the proven accounts of a server's members, and what was observed of some collections
past_rows      what was observed of accounts since a moment
shared_rows    which accounts members of a server share there
view_record    who looked at a full list, for the audit log and the server's log channel
gate_numbers   how often a gate's role was given and taken
whole_rows     all that was observed of the accounts, for rules that ask for more
snapshot_table who held what at a moment, as it is retained
snapshot_columns  it as rows
schedule_table which snapshots are made by themselves, and when
"""
