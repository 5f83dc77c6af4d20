"""The LMS's own secrets, made once beside its database and readable by their owner alone."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


def load_signing_key(folder: Path) -> rsa.RSAPrivateKey:
    """The RSA key that signs id_tokens and access tokens, made if it is not there yet."""
    path = folder / "lms-signing-key.pem"
    if not path.exists():
        _create(path, _new_key())
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key; remove it and start again")
    return key


def load_cookie_secret(folder: Path) -> bytes:
    """The secret that signs cookies, message hints and deep linking data."""
    path = folder / "lms-cookie-secret"
    if not path.exists():
        _create(path, secrets.token_bytes(32))
    return path.read_bytes()


def _new_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _create(path: Path, content: bytes) -> None:
    """Write beside and link into place, so that a reader never sees half a key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key counts
    finally:
        draft.unlink()
