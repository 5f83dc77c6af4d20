"""Credentials that other libraries made are valid here, and so is what they find valid."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from lti_tool.credentials.recognition.pipeline import check
from tests.credentials.node import HOME, bring_verifier
from tests.credentials.outside import DID, NOW, Issuer, Web, raw


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    """What the Digital Bazaar libraries and jose made of one credential."""
    bring_verifier()
    credential = Issuer(Web()).credential()
    achievement = credential["credentialSubject"]["achievement"]
    achievement["name"] = "Ünïcode “quotes” \n \u0645\u0631\u062d\u0628\u0627 \U0001f393 \\ end"
    done = subprocess.run(
        ["node", "issue.mjs"],
        cwd=HOME,
        input=json.dumps({"credential": credential, "did": DID}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture
def web(made: dict[str, Any]) -> Web:
    """The issuer's DID document with the keys of those libraries."""
    web = Web()
    methods = [
        {"id": f"{DID}#ed", "type": "Multikey", "publicKeyMultibase": made["key"]},
        {"id": f"{DID}#rsa", "type": "JsonWebKey", "publicKeyJwk": made["jwk"]},
    ]
    web.put(
        Issuer(Web()).document,
        {
            "id": DID,
            "verificationMethod": [{**method, "controller": DID} for method in methods],
            "assertionMethod": [method["id"] for method in methods],
        },
    )
    return web


@pytest.mark.parametrize("form", ["credential", "jwt"])
def test_a_credential_of_another_library_is_verified(
    made: dict[str, Any], web: Web, form: str
) -> None:
    verdict = check(raw(made[form]), fetch=web.fetch, now=NOW)
    assert verdict.outcome == "unknown issuer", verdict
    assert verdict.told is not None
    assert "\u0645\u0631\u062d\u0628\u0627 \U0001f393" in verdict.told.name


def test_one_changed_letter_is_found(made: dict[str, Any], web: Web) -> None:
    changed = json.dumps(made["credential"]).replace("Three graded", "Three grated").encode()
    assert check(changed, fetch=web.fetch, now=NOW).reasons[0].code == "signature-wrong"
