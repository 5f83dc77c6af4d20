"""The way out: bounded, guarded, and only to where it was told (section 6, B36)."""

import gzip
import socket
import time

import pytest

from lti_tool.errors import LTIServiceError
from lti_tool.lti.guarded_connection import is_public
from lti_tool.lti.http_client import HTTPClient, Patience
from tests.lti.local_server import LoopbackClient, Reply


def _refused(client, url, code, method="GET", **options):
    with pytest.raises(LTIServiceError) as caught:
        client.request(method, url, **options)
    assert caught.value.code == code
    assert caught.value.status is None
    return caught.value.message


def test_an_answer_is_returned_whatever_its_status(server, http):
    server.on("GET /a", Reply(418, b"tea", {"X-Thing": "Yes"}))
    answer = http.request("GET", f"{server.url}/a?b=C", headers={"Accept": "text/one"})
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (418, b"tea", "Yes")
    (request,) = server.requests
    assert request.headers["Accept"] == "text/one"
    assert request.headers["User-Agent"].startswith("Quoin/")
    assert request.query == {"b": "C"}


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    ],
)
def test_an_address_that_is_not_public_is_not_called(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_a_public_address_may_be_called(address):
    assert is_public(address)


def test_a_private_address_is_refused_at_connect_time(server):
    client = HTTPClient()
    https = server.url.replace("http://", "https://")
    message = _refused(client, https, "lti-address-refused")
    assert f"allow {server.host}" in message
    assert server.requests == []


def test_a_name_that_leads_to_a_private_address_is_refused(server):
    port = server.host.split(":")[1]
    client = HTTPClient({server.host})
    _refused(client, f"https://localhost:{port}/", "lti-address-refused")


def test_this_machine_is_called_over_http_only_where_a_registration_allows_it(server):
    server.on("GET /a", Reply(200, b"here"))
    client = HTTPClient({server.host})
    _refused(client, f"{server.url}/a", "lti-address-refused")
    assert client.request("GET", f"{server.url}/a", allows_loopback=True).body == b"here"


@pytest.mark.parametrize("host", ["10.0.0.1", "192.168.1.1", "169.254.169.254", "lms.example.edu"])
def test_allowing_loopback_allows_no_other_host_over_http(host):
    _refused(HTTPClient(), f"http://{host}/", "lti-address-refused", allows_loopback=True)


def test_allowing_loopback_allows_no_private_address_over_https():
    _refused(HTTPClient(), "https://10.0.0.1/", "lti-address-refused", allows_loopback=True)


def test_one_private_address_among_public_ones_is_refused(monkeypatch):
    addresses = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 443)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: addresses)
    _refused(HTTPClient(), "https://lms.example.edu/", "lti-address-refused")


def test_a_name_that_does_not_exist_is_no_answer(monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror("no such name")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    _refused(HTTPClient(), "https://lms.example.edu/", "lti-no-answer")


@pytest.mark.parametrize(
    "url", ["http://93.184.215.14/", "file:///etc/passwd", "ftp://a.example/", ""]
)
def test_only_https_is_spoken_elsewhere(url):
    _refused(HTTPClient({"127.0.0.1:8001"}), url, "lti-address-refused")


def test_a_redirect_to_another_origin_is_not_followed(server, http):
    server.on("GET /a", Reply(302, headers={"Location": "http://127.0.0.1:1/b"}))
    _refused(http, f"{server.url}/a", "lti-service-redirect")
    server.on("GET /a", Reply(302, headers={"Location": "file:///etc/passwd"}))
    _refused(http, f"{server.url}/a", "lti-service-redirect")


def test_a_redirect_on_the_same_origin_is_followed_a_few_times(server, http):
    server.on("GET /a", Reply(307, headers={"Location": "/b"}))
    server.on("GET /b", Reply(200, b"here"))
    assert http.request("GET", f"{server.url}/a").body == b"here"
    server.on("GET /b", Reply(307, headers={"Location": "/a"}))
    _refused(http, f"{server.url}/a", "lti-service-redirect")


def test_a_post_is_never_redirected(server, http):
    server.on("POST /a", Reply(307, headers={"Location": "/b"}))
    assert http.request("POST", f"{server.url}/a", body=b"x").status == 307
    assert server.count("POST /b") == 0


def test_too_large_an_answer_is_refused(server, http):
    server.on("GET /a", Reply(200, b"x" * 1001))
    assert len(http.request("GET", f"{server.url}/a", max_bytes=1001).body) == 1001
    _refused(http, f"{server.url}/a", "lti-answer-too-large", max_bytes=1000)


def test_the_size_counts_after_decompression(server, http):
    """B6."""
    bomb = gzip.compress(b"\0" * 50_000_000)
    server.on("GET /a", Reply(200, bomb, {"Content-Encoding": "gzip"}))
    assert len(bomb) < 100_000
    _refused(http, f"{server.url}/a", "lti-answer-too-large", max_bytes=1_000_000)
    server.on("GET /b", Reply(200, gzip.compress(b"small"), {"Content-Encoding": "gzip"}))
    assert http.request("GET", f"{server.url}/b").body == b"small"


def _drip(out):
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _ in range(200):
        out.write(b"x")
        out.flush()
        time.sleep(0.05)


def test_a_body_that_drips_is_given_up_in_time(server):
    """B7."""
    server.on("GET /a", Reply(write=_drip))
    client = LoopbackClient(patience=Patience(connect=1, read=1, total=0.3))
    started = time.monotonic()
    _refused(client, f"{server.url}/a", "lti-no-answer")
    assert time.monotonic() - started < 3
    client.close()


def test_a_server_that_says_nothing_is_given_up_in_time(server):
    server.on("GET /a", Reply(write=lambda _: time.sleep(1)))
    client = LoopbackClient(patience=Patience(connect=1, read=0.2, total=1))
    _refused(client, f"{server.url}/a", "lti-no-answer")
    client.close()


def _half(out):
    out.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")


def test_half_an_answer_is_no_answer(server, http):
    server.on("GET /a", Reply(write=_half))
    _refused(http, f"{server.url}/a", "lti-no-answer")


def test_a_chunked_answer_is_read_whole(server, http):
    chunks = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )
    server.on("GET /a", Reply(write=lambda out: out.write(chunks)))
    assert http.request("GET", f"{server.url}/a").body == b"abcde"


def test_cookies_are_not_kept_and_proxies_of_the_environment_not_used(server, http, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.on("GET /a", Reply(200, b"", {"Set-Cookie": "a=b"}))
    http.request("GET", f"{server.url}/a")
    http.request("GET", f"{server.url}/a")
    assert all("Cookie" not in request.headers for request in server.requests)
