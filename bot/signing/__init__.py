"""What is signed and by whom: the text, the signature, and the calls to contracts. Pure; no I/O."""
