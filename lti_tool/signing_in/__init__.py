"""Signing in outside a platform: what is decided about attempts, codes, providers and passkeys."""
