"""The fault table, case by case: what fails, what members have afterwards as Discord has it, and what admins are told.

cases         number → the tests that show it, here and elsewhere
sandboxed     sync over real sources that ask the sandbox, and clocks that only a test moves
"""
