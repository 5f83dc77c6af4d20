"""Checking somebody else's credential: bytes in, a verdict out. Nothing here reaches outside.

``pool.CheckingPool`` is the door: it runs ``pipeline.check`` in a bounded process of its own.
"""
