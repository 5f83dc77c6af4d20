"""A learner brings a credential from elsewhere; the registrar recognises it; an award follows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.credentials.outside import OB, V2, Key, add_proof, identity
from tests.journeys.accessibility import violations
from tests.journeys.conftest import Demo
from tests.journeys.steps import sign_in, tool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

LEARNER, REGISTRAR, AWARD = "Amara Nwosu", "Ingrid Solheim", "Algorithms pathway"
COMPETENCY = "Dynamic programming and greedy algorithms"


def test_a_credential_from_elsewhere_becomes_an_award(demo: Demo, browser: Any) -> None:
    learner = sign_in(browser, demo, LEARNER, width=320)
    frame = open_tool(learner, demo)
    frame.get_by_role("link", name="Bring a credential from elsewhere").click()
    frame.get_by_label("The credential or its address").fill(credential())
    frame.get_by_role("button", name="Check and hand in").click()
    frame.get_by_text("A person of your institution decides").wait_for(timeout=20_000)
    assert violations(frame) == []
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")

    desk = open_tool(sign_in(browser, demo, REGISTRAR), demo)
    desk.get_by_role("link", name="Credentials from elsewhere").click()
    card = desk.locator("article.piece").first
    assert "did:key:" in card.inner_text()
    assert violations(desk) == []
    card.get_by_label("It counts here as").select_option(label=f"{COMPETENCY} (1 credit)")
    card.get_by_label("Grade (if there is one)").fill("90")
    card.get_by_label("Reason").fill("The syllabus of the course covers ours.")
    card.get_by_role("button", name="Recognise", exact=True).click()
    desk.get_by_text("an award followed from it at once").wait_for()
    assert violations(desk) == []

    page = open_tool(learner, demo)
    text = page.inner_text("main")
    assert AWARD in text[text.index("Awards held") : text.index("What counts, and")]


def open_tool(page: Any, demo: Demo) -> Any:
    page.goto(f"{demo.lms}/courses/algorithms")
    page.get_by_text("My microcredentials").first.click()
    return tool(page, demo)


def credential() -> str:
    """A credential of somebody whose key is their name, for the learner's e-mail address."""
    key = Key()
    did = f"did:key:{key.multikey}"
    achievement = {
        "id": "https://academy.example/achievements/dynamic",
        "type": ["Achievement"],
        "name": "Dynamic programming",
        "description": "Breaks problems into parts.",
        "criteria": {"narrative": "A written examination."},
    }
    document = {
        "@context": [V2, OB],
        "id": "urn:uuid:3f0c2f4e-1f5b-4a52-9d54-0a7c6f1b2c3d",
        "type": ["VerifiableCredential", "AchievementCredential"],
        "name": "Dynamic programming",
        "issuer": {"id": did, "type": ["Profile"], "name": "Coding Academy"},
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [identity("amara.nwosu@harbour.example", salt="sea")],
            "achievement": achievement,
        },
    }
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2026-01-01T00:00:00Z",
        "verificationMethod": f"{did}#{key.multikey}",
        "proofPurpose": "assertionMethod",
    }
    return json.dumps(add_proof(document, proof, key))
