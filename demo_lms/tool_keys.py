"""The keysets that tools publish, kept until a key id is new."""

import threading
from typing import Any

import requests

KEYSET_SECONDS = 5.0
KEYSET_BYTES = 256 * 1024


class ToolKeysets:
    """Keysets by address; a tool may rotate its keys whenever it likes."""

    def __init__(self) -> None:
        self._fetching = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}

    def find(self, url: str, kid: object) -> dict[str, Any]:
        """The keyset at ``url``, read anew when it does not hold ``kid``.

        Raises ValueError or requests.RequestException when the keyset cannot be read.
        """
        with self._fetching:
            known = self._known.get(url)
            if known is None or not any(key.get("kid") == kid for key in known["keys"]):
                known = self._known[url] = _fetch_keyset(url)
            return dict(known)

    def forget(self) -> None:
        """Read every keyset anew when it is needed."""
        with self._fetching:
            self._known.clear()


def _fetch_keyset(url: str) -> dict[str, Any]:
    with requests.Session() as session:
        session.trust_env = False  # the tool stands beside us, never behind a proxy
        answer = session.get(url, timeout=KEYSET_SECONDS, allow_redirects=False)
    if answer.status_code != 200 or len(answer.content) > KEYSET_BYTES:
        raise ValueError(f"the tool's keyset address answered {answer.status_code}")
    keyset = answer.json()
    keys = keyset.get("keys") if isinstance(keyset, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise ValueError("the tool's keyset is not a JSON Web Key Set")
    return dict(keyset)
