"""What is signed and by whom: the text, the signature, and the calls to contracts. Pure; no I/O.

challenge     the text
pasted        the signature in what people paste
wrapped       the signature of a wallet that is not deployed (ERC-6492)
signature     who signed, and what a contract may be asked about
changed_text  what programs make of a text, to explain a refusal
abi           calls to contracts, and what they return
"""
