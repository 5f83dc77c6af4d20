"""Trouble with a certificate is named, by a server that really has it."""

import datetime
import ipaddress
import ssl
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from lti_tool.lti.http_client import HTTPClient, Patience
from lti_tool.lti.platform_checks import Verdict, check_keyset
from tests.lti.platform import TestPlatform, make_key


def _certificate(folder):
    """A certificate that nobody else has signed, valid for a month."""
    key = make_key(4)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lms")])
    start = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=2)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "lms.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
def https(tmp_path):
    """Serve nothing over https with a certificate of our own making; gives host:port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))

    class Quiet(HTTPServer):
        def handle_error(self, *_):
            """A client that does not trust us hangs up; that is what this is about."""

    server = Quiet(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_nobody_trusts_is_named(https):
    http = HTTPClient({https}, patience=Patience(connect=5, read=5, total=10))
    registration = replace(TestPlatform().registration, jwks_url=f"https://{https}/jwks")
    line, answer = check_keyset(http, registration)
    http.close()
    assert (line.verdict, answer) == (Verdict.FAILURE, None)
    assert "certificate of the LMS is not valid here: self-signed certificate" in line.found
    assert "renewed" in line.advice
