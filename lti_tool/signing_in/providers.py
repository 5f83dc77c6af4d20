"""Providers over the network: described, asked for a token, their keys; nothing else goes out."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from lti_tool.errors import LTIError, LTIServiceError
from lti_tool.lti.http_client import HTTPClient
from lti_tool.lti.id_token import read_token
from lti_tool.lti.jwks import KeysetCache
from lti_tool.signing_in.provider import (
    MOST_BYTES,
    Metadata,
    ProviderClient,
    id_token_in,
    read_metadata,
    subject_of,
    token_request,
    unusable,
)

KEPT = timedelta(minutes=10)
MOST_KEPT = 200


class Providers:
    """Asks providers, through the guarded client; what they say of themselves is kept a while."""

    def __init__(self, http: HTTPClient, keysets: KeysetCache) -> None:
        self._http, self._keysets = http, keysets
        self._lock = threading.Lock()
        self._kept: dict[ProviderClient, tuple[datetime, Metadata]] = {}

    def describe(self, client: ProviderClient, now: datetime) -> Metadata:
        """Return the addresses of a provider; ``InvalidInputError`` where it does not answer."""
        with self._lock:
            found = self._kept.get(client)
        if found is not None and now < found[0]:
            return found[1]
        body = self._ask("GET", client.metadata_url, client)
        metadata = read_metadata(body, client)
        with self._lock:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[client] = (now + KEPT, metadata)
        return metadata

    def redeem(
        self,
        client: ProviderClient,
        *,
        code: str,
        redirect_uri: str,
        verifier: str,
        nonce: str,
        now: datetime,
    ) -> str:
        """Redeem a code and return the subject that the id_token vouches for.

        ``InvalidInputError`` for a code that the provider does not take, and for every token
        that is not its own, not for this tool, not of this sign-in, or not of now.
        """
        metadata = self.describe(client, now)
        body, headers = token_request(
            metadata, client, code=code, redirect_uri=redirect_uri, verifier=verifier
        )
        answer = self._ask("POST", metadata.token_url, client, body, headers)
        try:
            token = read_token(id_token_in(answer))
            token.verify(self._keysets.get(metadata, token.kid, now))
            return subject_of(token, client, nonce=nonce, now=now)
        except LTIError as error:
            raise unusable(f"its token is not accepted ({error.code})") from error

    def _ask(
        self,
        method: str,
        url: str,
        client: ProviderClient,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        try:
            answer = self._http.request(
                method,
                url,
                headers=headers or {"Accept": "application/json"},
                body=body,
                max_bytes=MOST_BYTES,
                allows_loopback=client.allows_loopback,
            )
        except LTIServiceError as error:
            raise unusable("it does not answer") from error
        if answer.status != 200:
            raise unusable(f"it answered with the status {answer.status}")
        return answer.body
