"""Protocols of wallets, each driven by a client library that shares no code with ours."""
