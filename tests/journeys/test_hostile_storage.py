"""A platform's storage that answers wrongly, late or from elsewhere opens nothing (B46)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.conftest import Demo
from tests.journeys.steps import enter
from tests.journeys.test_without_cookies import EVERY_COOKIE, LEARNER, LINK, frame_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

STORAGE = """<!doctype html><title>Storage</title><script>
const kept = {};
onmessage = ({ data, source, origin }) => {
  if (data.subject === "lti.put_data") kept[data.key] = data.value;
  const { subject, message_id, key } = data;
  let answer = { subject: `${subject}.response`, message_id, key, value: kept[key] };
  if (subject === "lti.get_data") { HOW }
  if (answer) source.postMessage(answer, origin);
};
</script>"""
ELSEWHERE = """
  const frame = document.createElement("iframe");
  const script = `parent.parent[1].postMessage(${JSON.stringify(answer)}, "*")`;
  frame.src = "data:text/html," + encodeURIComponent("<script>" + script + "<" + "/script>");
  document.body.append(frame);
  answer = null;
"""
HONEST = ""
WRONG = {
    "no answer": "answer = null;",
    "another message": "answer.message_id = 'guessed';",
    "another subject": "answer.subject = 'lti.put_data.response';",
    "another key": "answer.key = 'quoin-login-000000000000';",
    "another value": "answer.value = answer.value.replace(/^./, (c) => (c === '0' ? '1' : '0'));",
    "no value": "answer.value = null;",
    "a quota": "answer = { ...answer, error: { code: 'storage_exhaustion', message: 'full' } };",
    "another origin": ELSEWHERE,
}


def open_with(page: Any, demo: Demo, how: str) -> None:
    page.unroute_all()
    body = STORAGE.replace("HOW", how)
    page.route("**/lti/storage", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{demo.lms}/courses/algorithms")
    page.get_by_text(LINK).first.click()


def test_a_wrong_answer_of_the_storage_leads_to_a_new_tab_and_nowhere_else(
    demo: Demo, careful_browser: Any
) -> None:
    page = enter(careful_browser(EVERY_COOKIE), demo, LEARNER)
    opened: list[str] = []
    page.on("request", lambda request: opened.append(request.url))
    for name, how in WRONG.items():
        open_with(page, demo, how)
        frame_of(page, demo, "Open Quoin in a new tab")
        assert not [url for url in opened if f"{demo.tool}/courses/" in url], name
    open_with(page, demo, HONEST)
    frame_of(page, demo, "Your progress")
