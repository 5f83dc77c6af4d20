"""Connections that check the resolved address just before they connect to it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import create_connection

from lti_tool.errors import LTIServiceError

NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""Looks public and reaches any IPv4 address."""


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet, and reaches only that."""
    ip = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour is not None or ip.teredo is not None or ip in NAT64:
            return False
    return ip.is_global and not ip.is_multicast


def guarded_pool_classes(private_hosts: frozenset[str], *, allows_loopback: bool) -> dict[str, Any]:
    """Return urllib3's pool classes by scheme, with connections that check addresses.

    The host:port pairs of ``private_hosts`` may be anywhere; with ``allows_loopback`` every
    name may also mean this machine.
    """
    known = {"private_hosts": private_hosts, "allows_loopback": allows_loopback}
    http = type("GuardedHTTP", (_GuardedHTTPConnection,), known)
    https = type("GuardedHTTPS", (_GuardedHTTPSConnection,), known)
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": http}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": https}),
    }


class _GuardedHTTPConnection(HTTPConnection):
    private_hosts: frozenset[str] = frozenset()
    allows_loopback = False

    def _new_conn(self) -> socket.socket:
        return _connect(self)


class _GuardedHTTPSConnection(HTTPSConnection):
    private_hosts: frozenset[str] = frozenset()
    allows_loopback = False

    def _new_conn(self) -> socket.socket:
        return _connect(self)


_Guarded = _GuardedHTTPConnection | _GuardedHTTPSConnection


def _connect(connection: _Guarded) -> socket.socket:
    """Connect to the first address that may be called and answers."""
    host, port = connection.host, connection.port
    failure: OSError | None = None
    for address in _addresses(connection):
        try:
            return create_connection(
                (address, port), connection.timeout, socket_options=connection.socket_options
            )
        except OSError as error:
            failure = error
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, f"{host} did not answer in time") from failure
    raise NewConnectionError(connection, f"{host} cannot be reached") from failure


def _addresses(connection: _Guarded) -> list[str]:
    host, port = connection.host.strip("[]"), connection.port
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        failure = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
        raise NameResolutionError(host, connection, failure) from error
    addresses = [str(entry[4][0]) for entry in found]
    if f"{connection.host}:{port}" in connection.private_hosts:
        return addresses
    if connection.allows_loopback and all(
        ipaddress.ip_address(found).is_loopback for found in addresses
    ):
        return addresses
    # One private address among public ones is an attack, or a mistake worth hearing of.
    if not all(is_public(address) for address in addresses):
        raise LTIServiceError(
            f"{host} is at a private address, which this tool does not call. An administrator "
            f"can allow {host}:{port} in QUOIN_PRIVATE_HOSTS.",
            code="lti-address-refused",
        )
    return addresses
