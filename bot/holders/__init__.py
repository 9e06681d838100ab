"""Who holds a collection in a server: lists, changes, distributions, gaps, as plain values. No I/O, no clock.

held          what each proven account holds, as an interval, and each member of all their accounts
"""
