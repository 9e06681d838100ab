"""What lists of holders rest on, of one server at a time; all of it is read on the second connection.

holder_rows    the proven accounts of a server's members, and what was observed of some collections
"""
