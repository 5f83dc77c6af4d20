"""A learner's page of all their credentials, what they take along, and what others see."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import datetime
from uuid import UUID

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from lti_tool.credentials.recognition import png, svg
from lti_tool.persistence.base import Database
from lti_tool.services.change_linkedin import change_linkedin
from lti_tool.services.change_status import StatusAct, change_status
from lti_tool.web import credentials, public_pages
from lti_tool.web.rate_limit import RateLimit
from tests.credentials.issuing import PUBLIC_URL, IssuingWorld
from tests.web.world import ORIGIN


@pytest.fixture
def world(sqlite_database: Database, now: datetime) -> IssuingWorld:
    """The learner of the first institution holds two awards and their credentials."""
    made = IssuingWorld(sqlite_database, now)
    made.complete(made.learner.learner_id)
    made.work()
    return made


def publish(world: IssuingWorld, *items: str) -> str:
    """Publish the first award by the form; return the path of its page."""
    award = world.awards(world.learner.learner_id)[0]
    form = dict.fromkeys(items, "1")
    answer = world.learner.post(f"credentials/{award}/page", form)
    assert answer.status_code == 303
    page = world.learner.get(f"credentials/{award}/page").text
    found = re.search(rf'href="{ORIGIN}(/shared/[A-Za-z0-9_-]+)"', page)
    assert found is not None
    return found.group(1)


def look(world: IssuingWorld, path: str, **headers: str):  # type: ignore[no-untyped-def]
    client = world.app.test_client(use_cookies=False)
    return client.get(path, base_url=ORIGIN, headers=headers)


def test_the_page_has_every_award_with_its_state_and_what_it_was_built_from(
    world: IssuingWorld,
) -> None:
    page = world.learner.get("credentials").text
    assert page.count("<h1") == 1
    assert "Data basics" in page
    assert "Data practice" in page
    assert "SQL foundations and Charts that tell the truth" in page
    assert page.count(">Issued<") == 2
    assert "Nobody but you sees it" not in page
    assert page.count("None: nobody but you sees it") == 2
    assert f'href="{world.learner.course}/credentials"' in world.learner.get("progress").text


def test_before_the_credential_is_issued_the_award_waits_in_words(
    sqlite_database: Database, now: datetime
) -> None:
    world = IssuingWorld(sqlite_database, now)
    empty = world.learner.get("credentials").text
    assert "You hold no award yet" in empty
    world.complete(world.learner.learner_id)
    page = world.learner.get("credentials").text
    assert page.count("The signed credential is being made") == 2
    assert "form=json" not in page
    award = world.awards(world.learner.learner_id)[0]
    assert world.learner.get(f"credentials/{award}/page").status_code == 404
    assert world.learner.get("credentials/all.zip").status_code == 404
    paper = world.learner.get("credentials/transcript.pdf")
    assert "being made" in PdfReader(io.BytesIO(paper.data)).pages[0].extract_text()


def test_revoked_and_suspended_stand_on_the_page(world: IssuingWorld) -> None:
    first, second = world.awards(world.learner.learner_id)
    for award, act in ((first, StatusAct.REVOKE), (second, StatusAct.SUSPEND)):
        change_status(
            world.database,
            institution_key="harbour",
            award_uuid=award,
            act=act,
            reason="a test",
            actor="test",
            now=world.now,
        )
    page = world.learner.get("credentials").text
    assert "Revoked by the institution" in page
    assert "Suspended for now by the institution" in page


def test_every_form_can_be_downloaded(world: IssuingWorld) -> None:
    award = world.awards(world.learner.learner_id)[0]
    signed = world.learner.get(f"credentials/{award}?form=json")
    assert signed.content_type == "application/vc"
    picture = world.learner.get(f"credentials/{award}?form=png")
    assert picture.content_type == "image/png"
    assert png.unbake(picture.data) == signed.data
    drawing = world.learner.get(f"credentials/{award}?form=svg")
    assert drawing.content_type.startswith("image/svg+xml")
    assert svg.unbake(drawing.data) == signed.data
    assert drawing.headers["Content-Disposition"].startswith("attachment")
    assert world.learner.get(f"credentials/{award}?form=exe").status_code == 422
    packed = world.learner.get("credentials/all.zip")
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert len(archive.namelist()) == 2
        assert archive.read(f"credential-{award}.json") == signed.data


def test_a_transcript_names_the_person_only_when_they_tick_it(world: IssuingWorld) -> None:
    def text(query: str) -> str:
        answer = world.learner.get(f"credentials/transcript.pdf{query}")
        assert answer.content_type == "application/pdf"
        pages = PdfReader(io.BytesIO(answer.data)).pages
        return "\n".join(page.extract_text() for page in pages)

    both = text("")
    assert "Data basics" in both
    assert "Data practice" in both
    assert "Credits: 10" not in both
    assert "SQL foundations" in both
    assert "Amara" not in both
    assert f"{ORIGIN}/verify" in both
    assert "Amara" in text("?name=1")
    first = world.awards(world.learner.learner_id)[0]
    one = text(f"?award={first}")
    assert "Data practice" not in one
    address = publish(world)
    assert f"{ORIGIN}{address}" in text(f"?award={first}").replace("\n", "")
    assert world.learner.get("credentials/transcript.pdf?award=x").status_code == 422
    stranger = world.teacher.get(f"credentials/transcript.pdf?award={first}")
    assert stranger.status_code == 404


def test_the_public_page_shows_what_is_ticked_and_asks_not_to_be_listed(
    world: IssuingWorld,
) -> None:
    path = publish(world)
    answer = look(world, path)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    page = answer.text
    assert page.count("<h1") == 1
    assert '<meta name="robots" content="noindex">' in page
    assert "Amara" not in page
    assert "SQL foundations" not in page
    assert '<meta property="og:title" content="Data basics">' in page
    assert f'<meta property="og:image" content="{ORIGIN}{path}/image.png">' in page
    assert look(world, f"{path}?form=json").status_code == 403

    assert publish(world, "shows_name", "shows_evidence", "is_listed") == path
    answer = look(world, path)
    assert "X-Robots-Tag" not in answer.headers
    assert "noindex" not in answer.text
    assert "Amara" in answer.text
    assert "SQL foundations" in answer.text


def test_the_same_address_gives_the_page_the_signed_json_or_the_jwt(world: IssuingWorld) -> None:
    path = publish(world, "shows_document")
    signed = json.loads(look(world, f"{path}?form=json").data)
    assert signed["proof"]
    for asked in ("application/vc", "application/ld+json", "application/vc+ld+json"):
        answer = look(world, path, Accept=asked)
        assert answer.content_type == asked
        assert json.loads(answer.data) == signed
        assert answer.headers["Vary"] == "Accept"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["X-Robots-Tag"] == "noindex"
    assert look(world, path, Accept="application/json").get_json() == signed
    for asked in ("application/vc+jwt", "application/jwt"):
        answer = look(world, path, Accept=asked)
        assert answer.content_type == asked
        assert answer.text.count(".") == 2
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    for asked in (browser, "*/*", "image/png"):
        assert look(world, path, Accept=asked).content_type.startswith("text/html")
    assert look(world, path).content_type.startswith("text/html")
    assert look(world, f"{path}?form=png").status_code == 422


def test_withdrawn_it_is_gone_for_everybody_at_once(world: IssuingWorld) -> None:
    path = publish(world, "shows_document")
    award = world.awards(world.learner.learner_id)[0]
    answer = world.learner.post(f"credentials/{award}/page/withdrawal")
    assert answer.status_code == 303
    for address in (
        path,
        f"{path}?form=json",
        f"{path}/qr.svg",
        f"{path}/image.png",
        f"{path}/badge.svg",
    ):
        gone = look(world, address)
        assert gone.status_code == 404, address
        assert "Data basics" not in gone.text
    assert world.learner.post(f"credentials/{award}/page/withdrawal").status_code == 303
    assert publish(world) != path
    for token in ("x", "x" * 300, "%2e%2e", str(award)):
        assert look(world, f"/shared/{token}").status_code == 404


def test_banners_say_what_the_issuer_does_not_stand_by(world: IssuingWorld) -> None:
    path = publish(world)
    award = world.awards(world.learner.learner_id)[0]
    assert 'role="alert"' not in look(world, path).text
    for act, words in (
        (StatusAct.SUSPEND, "This credential is suspended"),
        (StatusAct.REVOKE, "This credential is revoked"),
    ):
        change_status(
            world.database,
            institution_key="harbour",
            award_uuid=award,
            act=act,
            reason="a test",
            actor="test",
            now=world.now,
        )
        page = look(world, path).text
        assert words in page
        assert page.count(words) == 2, "on the page, and in the preview of it"


def test_the_code_leads_to_the_page_and_the_preview_is_a_picture(world: IssuingWorld) -> None:
    path = publish(world)
    code = look(world, f"{path}/qr.svg")
    assert code.content_type.startswith("image/svg+xml")
    assert b"<svg" in code.data
    assert b"style=" not in code.data
    preview = look(world, f"{path}/image.png")
    with Image.open(io.BytesIO(preview.data)) as opened:
        assert opened.size == (1200, 630)
        assert zxingcpp.read_barcodes(opened) == []


def test_the_link_to_linkedin_is_filled_in(world: IssuingWorld) -> None:
    award = world.awards(world.learner.learner_id)[0]
    path = publish(world)
    page = world.learner.get(f"credentials/{award}/page").text
    for piece in (
        "startTask=CERTIFICATION_NAME",
        "name=Data+basics",
        "organizationName=harbour",
        "issueYear=2026",
        "issueMonth=6",
        f"certId={award}",
        f"certUrl=http%3A%2F%2F127.0.0.1%3A8000{path.replace('/', '%2F')}",
    ):
        assert piece in page, piece
    change_linkedin(world.database, "harbour", "1234567", actor="test", now=world.now)
    page = world.learner.get(f"credentials/{award}/page").text
    assert "organizationId=1234567" in page
    assert "organizationName" not in page


def test_anybody_can_verify_what_a_public_page_gives_out(world: IssuingWorld) -> None:
    path = publish(world, "shows_document")
    link = re.search(r'href="(/verify\?url=[^"]+)"', look(world, path).text)
    assert link is not None
    assert f"{ORIGIN}{path}?form=json" in look(world, link.group(1)).text
    client = world.public.test_client(use_cookies=False)
    answer = client.post(
        "/verify",
        base_url=PUBLIC_URL,
        data={"credential": f"{PUBLIC_URL}{path}?form=json"},
        headers={"Origin": PUBLIC_URL, "Accept": "application/json"},
    )
    assert answer.get_json()["outcome"] == "valid", answer.get_json()


def test_pictures_of_ours_are_shown_and_no_others_and_levels_stand_with_the_facts(
    world: IssuingWorld,
) -> None:
    path = publish(world)
    assert f'<img src="{path}/badge.svg"' in look(world, path).text
    assert "Data basics" in look(world, f"{path}/badge.svg").text
    row = next(r for r in world.credentials() if r.award_id == 1)
    changed = json.loads(row.document)
    achievement = changed["credentialSubject"]["achievement"]
    achievement["alignment"] = [
        {
            "targetName": "European Qualifications Framework, level 6",
            "targetUrl": "https://x.example/6",
            "targetFramework": "European Qualifications Framework",
            "targetCode": "6",
        },
        {"targetName": "Queries data", "targetUrl": "https://x.example/q", "targetCode": "S1"},
    ]
    achievement["resultDescription"] = [{"id": "urn:uuid:r", "name": "Final grade"}]
    changed["credentialSubject"]["result"] = [{"resultDescription": "urn:uuid:r", "value": "B+"}]
    for image, is_shown in ((f"{ORIGIN}/issuers/x/image", True), ("https://evil.example/p", False)):
        achievement["image"] = {"id": image, "type": "Image"}
        with world.database.writing() as session:
            session.merge(row).document = json.dumps(changed)
        page = look(world, path).text
        assert (f'<img src="{image}"' in page) == is_shown
        assert (f"{path}/badge.svg" in page) != is_shown
    assert '<dt>Level</dt><dd dir="auto">European Qualifications Framework, level 6</dd>' in page
    assert '<a href="https://x.example/q" rel="noopener nofollow">Queries data</a>' in page
    assert page.count("level 6") == 1
    assert "B+" not in page
    assert publish(world, "shows_results") == path
    page = look(world, path).text
    assert '<dt dir="auto">Final grade</dt><dd dir="auto">B+</dd>' in page
    paper = world.learner.get("credentials/transcript.pdf").data
    assert "Level: European" in PdfReader(io.BytesIO(paper)).pages[0].extract_text()


def test_what_an_issuer_writes_cannot_become_active(world: IssuingWorld) -> None:
    path = publish(world)
    bad = "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://evil.example/p.png)"
    row = next(r for r in world.credentials() if r.award_id == 1)
    changed = json.loads(row.document)
    achievement = changed["credentialSubject"]["achievement"]
    achievement["criteria"]["narrative"] = (
        f"# Head\n\n{bad}\n\n- *one*\n- [two](https://two.example)"
    )
    achievement["name"] = bad
    achievement["alignment"] = [{"targetName": "<b>", "targetUrl": "javascript:alert(1)"}]
    with world.database.writing() as session:
        session.merge(row).document = json.dumps(changed)
    page = look(world, path).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "evil.example/p.png" not in re.findall(r'src="([^"]*)"', page)
    assert "<em>one</em>" in page
    assert '<a href="https://two.example">' in page
    assert page.count("<h1") == 1


def test_too_many_looks_from_one_address_have_to_wait(
    world: IssuingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = publish(world)
    monkeypatch.setattr(public_pages, "view_limit", RateLimit(2))
    assert [look(world, path).status_code for _ in range(3)] == [200, 200, 429]
    assert look(world, path).headers["Retry-After"] == "60"


def test_accounts_are_joined_by_a_code_and_parted_again(world: IssuingWorld) -> None:
    other = world.come_as("amara-elsewhere")
    made = world.learner.post("accounts/code").text
    found = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", made)
    assert found is not None
    code = found.group()
    asked = other.post("accounts/check", {"code": code})
    assert "Are all of these you?" in asked.text
    assert "Amara-Elsewhere" in asked.text
    assert "2 awards" in asked.text
    assert "Data basics" not in other.get("credentials").text
    joined = other.post("accounts", {"code": code})
    assert joined.status_code == 303
    page = other.get("credentials?notice=accounts-joined").text
    assert "The accounts are joined" in page
    assert "Data basics" in page
    assert "Earned as" in page
    award = world.awards(world.learner.learner_id)[0]
    assert other.get(f"credentials/{award}?form=json").status_code == 200
    parted = other.post(f"accounts/{world.learner.learner_uuid}/parting")
    assert parted.status_code == 303
    assert "Data basics" not in other.get("credentials").text
    assert other.get(f"credentials/{award}?form=json").status_code == 404
    assert "Data basics" in world.learner.get("credentials").text


def test_paper_and_public_pages_name_the_account_that_earned_the_award(
    world: IssuingWorld,
) -> None:
    friend = world.come_as("zoe")
    made = re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}", world.learner.post("accounts/code").text)
    assert made is not None
    friend.post("accounts", {"code": made.group()})

    def paper() -> str:
        answer = friend.get("credentials/transcript.pdf?name=1")
        return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(answer.data)).pages)

    assert "Amara" in paper()
    assert "Zoe" not in paper()
    world.complete(friend.learner_id)
    both = paper()
    assert both.count("Awarded to: Amara") == 2
    assert both.count("Awarded to: Zoe") == 2
    award = world.awards(world.learner.learner_id)[0]
    assert (
        "As your learning platform tells it: Amara" in friend.get(f"credentials/{award}/page").text
    )
    friend.post(f"credentials/{award}/page", {"shows_name": "1"})
    page = friend.get(f"credentials/{award}/page").text
    found = re.search(rf'href="{ORIGIN}(/shared/[A-Za-z0-9_-]+)"', page)
    assert found is not None
    assert "Amara" in look(world, found.group(1)).text
    assert "Zoe" not in look(world, found.group(1)).text


def test_paper_is_made_a_few_times_a_minute(
    world: IssuingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "paper_limit", RateLimit(1))
    path = "credentials/transcript.pdf"
    assert [world.learner.get(path).status_code for _ in range(2)] == [200, 429]


def test_a_wrong_code_is_said_at_its_field_and_stays_there(world: IssuingWorld) -> None:
    for path in ("accounts/check", "accounts"):
        answer = world.learner.post(path, {"code": "abcd-2345 <b>"})
        assert answer.status_code == 422
        assert 'value="abcd-2345 &lt;b&gt;"' in answer.text
        assert "no such code" in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert "Data basics" in answer.text
    assert world.learner.post("accounts/check", {}).status_code == 422


def test_a_preview_publishes_and_joins_nothing(world: IssuingWorld) -> None:
    viewer = world.come_as("preview", purpose="preview")
    page = viewer.get("credentials")
    assert page.status_code == 200
    assert "Your other accounts" not in page.text
    assert viewer.post("accounts/code").status_code == 403
    award: UUID = world.awards(world.learner.learner_id)[0]
    assert viewer.post(f"credentials/{award}/page").status_code == 403
