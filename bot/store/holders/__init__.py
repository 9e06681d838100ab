"""What lists of holders rest on, of one server at a time; all of it is read on the second connection.

holder_rows      the proven accounts of a server's members, and what was observed of some collections
whole_rows       the same with everything that was observed of these accounts, for rules that ask for more
snapshot_table   who held what at a moment, as it is retained
schedule_table   which snapshots are made by themselves, and when
"""
