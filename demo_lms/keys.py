"""The LMS's own secrets, made once beside its database and readable by their owner alone."""

import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lti1p3platform.registration import Registration

SIGNING_KEY = "lms-signing-key.pem"
COOKIE_SECRET = "lms-cookie-secret"  # noqa: S105  # the name of a file


@dataclass(frozen=True)
class SigningKey:
    """One RSA key, held as an object: signing with PEM text costs 40 ms a time."""

    private: rsa.RSAPrivateKey
    public_pem: str
    jwk: dict[str, Any]

    @property
    def kid(self) -> str:
        """The key's id: its thumbprint (RFC 7638)."""
        return str(self.jwk["kid"])


class SigningKeys:
    """The key that signs id_tokens and access tokens, and those that signed before it.

    Retired keys live as long as the process does; a new start knows the current key alone.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / SIGNING_KEY
        self._lock = threading.Lock()
        if not self._path.exists():
            _create(self._path, _new_key())
        self._current = _load(self._path)
        self._retired: list[SigningKey] = []
        self._unpublished: set[str] = set()

    @property
    def current(self) -> SigningKey:
        """The key that signs."""
        return self._current

    @property
    def all(self) -> list[SigningKey]:
        """Every key that has signed, the current one first."""
        with self._lock:
            return [self._current, *self._retired]

    def published(self) -> list[dict[str, Any]]:
        """The public keys that tools get to see, the current one first."""
        return [key.jwk for key in self.all if key.kid not in self._unpublished]

    def rotate(self, *, publish_old: bool = True) -> str:
        """Sign with a new key from now on and give its id; hide the old ones if told so."""
        with self._lock:
            draft = self._path.with_name(f"{SIGNING_KEY}.{os.getpid()}.next")
            _write_private(draft, _new_key())
            os.replace(draft, self._path)
            self._retired.insert(0, self._current)
            self._current = _load(self._path)
            if not publish_old:
                self._unpublished |= {key.kid for key in self._retired}
            return self._current.kid


def _load(path: Path) -> SigningKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key; remove it and start again")
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return SigningKey(key, public.decode(), dict(Registration.get_jwk(public.decode())))


def load_cookie_secret(folder: Path) -> bytes:
    """The secret that signs cookies, message hints and deep linking data."""
    path = folder / COOKIE_SECRET
    if not path.exists():
        _create(path, secrets.token_bytes(32))
    return path.read_bytes()


def _new_key() -> bytes:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _create(path: Path, content: bytes) -> None:
    """Write beside and link into place, so that a reader never sees half a key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    _write_private(draft, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key counts
    finally:
        draft.unlink()
