"""Pages that need a browser in trouble, another server, or an act that cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

from flask import render_template

from lti_tool.entering.held import HeldLaunch
from lti_tool.lti.families import ProductFamily
from lti_tool.services.register_dynamically import DynamicallyRegistered
from lti_tool.web import finishing
from lti_tool.web.registration_words import next_steps
from tests.accessibility.audiences import Audiences

Draw = Callable[[Audiences], str]
RESTART = {"iss": "https://lms.example", "login_hint": "amara", "target_link_uri": "/"}
SOMETHING = UUID("00000000-0000-4000-8000-000000000007")


def _held(audiences: Audiences) -> str:
    """A launch whose browser brought no cookie back."""
    with audiences.app.test_request_context("/lti/launch", method="POST"):
        held = HeldLaunch(RESTART, None, None, ("https://lms.example",))
        return finishing.hold(held).get_data(as_text=True)


def _new_tab(audiences: Audiences) -> str:
    """A login in a frame that keeps no cookies, with the mark of the check in its address."""
    client = audiences.app.test_client(use_cookies=False)
    origin, sent = audiences.campus.origin, {"Sec-Fetch-Dest": "iframe"}
    fields = dict(parse_qs(audiences.places["login"]))
    del fields["lti_storage_target"]
    address = f"/lti/login?{urlencode(fields, doseq=True)}"
    again = client.get(address, base_url=origin, headers=sent)
    assert again.status_code == 307, again.text
    path = urlsplit(str(again.location))
    return client.get(f"{path.path}?{path.query}", base_url=origin, headers=sent).text


def _registered(audiences: Audiences) -> str:
    """What a platform's administrator reads when Quoin has registered itself there."""
    done = DynamicallyRegistered(
        SOMETHING, "Harbour Moodle", ProductFamily.MOODLE, "c-17", None, (), (), False
    )
    with audiences.app.test_request_context("/lti/register/x"):
        return render_template(
            "registered.html", done=done, is_update=False, steps=next_steps(done), origins=[]
        )


def _stopped(audiences: Audiences) -> str:
    """What the link at the end of a mail says when it was used."""
    with audiences.app.test_request_context("/"):
        return render_template("news_stop.html", is_stopped=True)


RARE: tuple[tuple[str, Draw], ...] = (
    ("launch without its cookie", _held),
    ("login without cookies", _new_tab),
    ("registered", _registered),
    ("mails ended", _stopped),
)
