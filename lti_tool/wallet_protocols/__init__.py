"""What wallets and we say to one another: documents, proofs, secrets, and who may do what.

Steps that the use cases of the protocols share. No Flask, no SQL, no clock.
"""
