"""VC-API and OpenID4VCI end to end, over HTTP, by wallets built on libraries of others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from lti_tool.persistence.base import Database
from lti_tool.persistence.wallet_offers import HolderDID
from tests.credentials.issuing import ALL
from tests.credentials.node import bring_verifier, verify
from tests.wallet_protocols.world import Browser, WalletWorld, link_on, served, wallet

pytestmark = pytest.mark.xdist_group("node")


@pytest.fixture
def world(sqlite_database: Database) -> Iterator[WalletWorld]:
    """A served tool with the real time."""
    bring_verifier()
    with served(sqlite_database, datetime.now(UTC)) as found:
        yield found


def _offer(world: WalletWorld, way: str) -> str:
    path = f"credentials/{world.award()}/wallet"
    return Browser(world, world.learner).press(path, path, way=way)


def _dids(world: WalletWorld) -> list[str]:
    with world.database.reading() as session:
        return list(session.scalars(select(HolderDID.did)))


def _check(world: WalletWorld, credential: dict[str, Any]) -> None:
    """Let the independent verifier say of a credential that it is valid."""
    assert credential["id"].endswith(str(world.award()))
    found = verify(world.served([credential], []), [credential], now=world.now)
    assert found.credentials == [True], found.reasons


def _pin(page: str) -> str:
    return page.split('Type this one: <b class="whole">')[1][:6]


@pytest.mark.parametrize(
    ("mode", "suite"), [("sign-at-once", "Ed25519Signature2020"), ("asked", "eddsa-rdfc-2022")]
)
def test_a_wallet_opens_the_deep_link_and_proves_its_did(
    world: WalletWorld, mode: str, suite: str
) -> None:
    link = link_on(_offer(world, "vc-api"), "https://lcw.app/request.html?")
    told = wallet(world, "vc-api.mjs", {"link": link, "mode": mode, "suite": suite})
    assert told["status"] == 200, told
    answer = told["answer"] if mode == "sign-at-once" else told["answer"]["verifiablePresentation"]
    _check(world, answer["verifiableCredential"][0])
    assert _dids(world) == [told["did"]]


def test_what_is_issued_after_a_proof_names_the_did_and_is_valid(world: WalletWorld) -> None:
    noor = world.come_as("noor")
    world.complete(noor.learner_id, ALL[:2])
    world.work()
    path = f"credentials/{world.award(noor)}/wallet"
    page = Browser(world, noor).press(path, path, way="vc-api")
    link = link_on(page, "https://lcw.app/request.html?")
    told = wallet(world, "vc-api.mjs", {"link": link, "mode": "asked", "suite": "eddsa-rdfc-2022"})
    world.complete(noor.learner_id, ALL[2:])
    world.work()
    issued = world.documents()[-1]
    assert issued["credentialSubject"]["identifier"][0]["identityHash"] == told["did"]
    found = verify(world.served([issued], []), [issued], now=world.now)
    assert found.credentials == [True], found.reasons


def test_a_wallet_that_proves_nothing_gets_the_credential_for_the_challenge(
    world: WalletWorld,
) -> None:
    link = link_on(_offer(world, "vc-api"), "https://lcw.app/request.html?")
    told = wallet(world, "vc-api.mjs", {"link": link, "mode": "bearer"})
    assert told["status"] == 200, told
    (given,) = told["answer"]["verifiablePresentation"]["verifiableCredential"]
    assert given in world.documents()
    assert _dids(world) == []


@pytest.mark.parametrize(
    ("key", "algorithm", "draft"),
    [("kid", "EdDSA", False), ("jwk", "ES256", False), ("kid", "ES256", True)],
)
def test_a_wallet_takes_an_openid_offer(
    world: WalletWorld, key: str, algorithm: str, draft: bool
) -> None:
    page = _offer(world, "oid4vci")
    question = {
        "link": link_on(page, "openid-credential-offer://"),
        "pin": _pin(page),
        "configuration": "AchievementCredential_ldp_vc",
        "key": key,
        "algorithm": algorithm,
        "draft": draft,
    }
    told = wallet(world, "oid4vci.mjs", question)
    assert told.get("version") == ("Draft14" if draft else "V1"), told
    answer = told["answer"]
    _check(world, answer["credential"] if draft else answer["credentials"][0]["credential"])
    assert len(_dids(world)) == 1
    assert _dids(world)[0].startswith("did:jwk:")


def test_a_wallet_takes_the_jwt(world: WalletWorld) -> None:
    page = _offer(world, "oid4vci")
    question = {
        "link": link_on(page, "openid-credential-offer://"),
        "pin": _pin(page),
        "configuration": "AchievementCredential_jwt_vc_json",
        "key": "kid",
        "algorithm": "EdDSA",
    }
    told = wallet(world, "oid4vci.mjs", question)
    (given,) = told["answer"]["credentials"]
    found = verify(
        world.served([], [given["credential"]]), [], [given["credential"]], now=world.now
    )
    assert found.jwts == [True], found.reasons


def test_a_wrong_transaction_code_gets_nothing(world: WalletWorld) -> None:
    page = _offer(world, "oid4vci")
    wrong = f"{(int(_pin(page)) + 1) % 10**6:06d}"
    question = {
        "link": link_on(page, "openid-credential-offer://"),
        "pin": wrong,
        "configuration": "AchievementCredential_ldp_vc",
        "key": "kid",
        "algorithm": "EdDSA",
    }
    assert "invalid_grant" in wallet(world, "oid4vci.mjs", question)["error"]
    assert _dids(world) == []
