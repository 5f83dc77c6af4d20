"""Credentials: Open Badges 3.0 documents, their proofs, status lists and the issuer's identity.

Pure: no database, no Flask, no network, and the time is an argument.
"""
