"""Storage for tools is offered where a browser loads the tool into a frame, and nowhere else."""

from urllib.parse import parse_qs, urlsplit

import pytest

from demo_lms.app import create_lms
from demo_lms.settings import Settings
from demo_lms.testing import RunningLMS
from tests.demo_lms.stand_in_tool import Pair

FRAMED = {"Sec-Fetch-Dest": "iframe"}


def offered(client, path, **headers):
    answer = client.get(path, headers=headers)
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.location).query).get("lti_storage_target")


@pytest.fixture
def client(pair: Pair):
    client = pair.lms.app.test_client()
    client.post("/sign-in", data={"username": "maria"}, base_url="https://localhost")
    return client


@pytest.mark.parametrize("start", ["links/{}/start", "add/start"])
def test_a_tool_in_a_frame_is_offered_the_storage(pair: Pair, client, start: str) -> None:
    path = "https://localhost/courses/algorithms/" + start.format(pair.lms.first_link("algorithms"))
    assert offered(client, path, **FRAMED) == ["quoin_storage"]
    assert offered(client, path) is None
    assert offered(client, path, **{"Sec-Fetch-Dest": "document"}) is None


def test_the_storage_answers_the_tool_alone(pair: Pair, client) -> None:
    page = client.get("https://localhost/lti/storage")
    assert f'data-origins="{pair.tool.url}"' in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]


def test_the_frame_stands_beside_the_tool(pair: Pair, client) -> None:
    link = pair.lms.first_link("algorithms")
    page = client.get(f"https://localhost/courses/algorithms/links/{link}")
    assert '<iframe name="quoin_storage"' in page.text


def test_an_lms_without_storage_offers_none(tmp_path) -> None:
    settings = Settings(database=tmp_path / "lms.sqlite3", storage_frame=None)
    client = create_lms(settings).test_client()
    client.post("/sign-in", data={"username": "maria"}, base_url="https://localhost")
    assert offered(client, "https://localhost/courses/algorithms/add/start", **FRAMED) is None
    assert "quoin_storage" not in client.get("https://localhost/courses/algorithms/add").text


def test_a_plain_client_is_offered_nothing(pair: Pair) -> None:
    running: RunningLMS = pair.lms
    address = running.visit("maria").start_link("algorithms")
    assert "lti_storage_target" not in address
