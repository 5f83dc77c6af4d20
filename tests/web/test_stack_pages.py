"""The pages of the stack builder: forms that lose nothing, errors at their fields, rights."""

from __future__ import annotations

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from lti_tool.services.switch_four_eyes import switch_four_eyes
from tests.web.world import Person, World

RULE = "/stacks/0/requires"
WHOLE = {f"{RULE}|pick": "award:data-basics", f"{RULE}|new": "Leading people\nBudgets"}


STRANGE = (
    "[{}]",
    "[{key: {a: b}, title: [x], requires: 7}]",
    "[{key: 5, credits: {x: y}, lasts: 3, description: {}, requires: {all: 5}}]",
    "[{key: x, requires: {completed: [a], grade: {b: c}}}]",
    "[{key: x, requires: {award: {a: b}}}, {key: x, requires: {all: [null, 5, [x], {}]}}]",
    "[{key: x, requires: {all: [{all: [a], any: [b]}, {at_least: 1}]}}]",
    "[{key: x, requires: {credits: [1], of: [{award: []}, 5, {}, [q]]}}]",
    "[{key: x, requires: {items: 1, of: {a: b}}}]",
    "[{key: x, requires: {if: {all: []}, then: 5}}]",
    "[{key: x, lasts: {years: [1]}, requires: {at_least: [2], of: [a]}}]",
    "[{key: x, requires: a}]\nachievements: {a: 5, b: {name: [x]}, 'c d|e/f': {credits: {}}}",
    "[{key: x, requires: {all: [a]}, credits: 1e-999999999}]",
)


def _begin(person: Person, title: str = "Data leader", **more: str) -> str:
    answer = person.post("stacks", {"form_id": str(uuid4()), "title": title, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def _hidden(page: str) -> dict[str, str]:
    return {
        name: re.search(rf'name="{name}" value="([^"]+)"', page)[1]  # type: ignore[index]
        for name in ("form_id", "revision")
    }


def _send(person: Person, path: str, values: dict[str, Any], page: str = "") -> TestResponse:
    hidden = _hidden(person.get(page or path).text)
    return person.post(path, {**hidden, **values})


def _text(answer: TestResponse) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_a_stack_is_written_checked_and_published(world: World) -> None:
    draft = _begin(world.teacher)
    page = world.teacher.get(draft)
    assert "Nothing stands in this group yet" in page.text
    assert 'href="#at-stacks-0-requires"' in page.text
    answer = _send(world.teacher, draft, {**WHOLE, "act": "save"})
    assert answer.headers["Location"] == f"{draft}#at-stacks-0-requires"
    said = _text(world.teacher.get(draft))
    assert "complete Leading people" in said
    said = _text(world.teacher.get(f"{draft}/learners"))
    assert "Ada qualifies: has Leading people, Budgets and Data basics." in said
    assert "Missing: Complete Budgets." in said
    shown = world.teacher.get(f"{draft}/publication")
    assert "It is new." in shown.text
    answer = _send_step(world.teacher, draft, "publish")
    assert "draft-published" in answer.headers["Location"]
    assert "Version 1" in world.teacher.get("stacks/versions/data-leader").text


def _send_step(person: Person, draft: str, step: str) -> TestResponse:
    page = person.get(f"{draft}/publication").text
    revision = re.search(r'name="revision" value="([^"]+)"', page)[1]  # type: ignore[index]
    return person.post(f"{draft}/publication", {"revision": revision, "step": step})


def test_a_wrong_number_is_named_at_its_field_and_stays_as_typed(world: World) -> None:
    draft = _begin(world.teacher)
    _send(world.teacher, draft, {**WHOLE, f"{RULE}|kind": "at_least"})
    _send(world.teacher, draft, {f"{RULE}|n": "9"})
    page = world.teacher.get(draft).text
    field = re.search(r'<input[^>]*id="at-stacks-0-requires-n"[^>]*>', page)[0]  # type: ignore[index]
    assert 'value="9"' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="at-stacks-0-requires-n-said"' in field
    assert "9 of 3 can never be met." in page
    assert "still to be corrected" in world.teacher.get(f"{draft}/publication").text
    assert (
        _send(world.teacher, draft, {"act": "go-publication"})
        .headers["Location"]
        .endswith("/publication#main")
    )


def test_markup_and_bidi_in_names_are_shown_as_text(world: World) -> None:
    name = '<img src=x onerror="x">\u202eevil'
    draft = _begin(world.teacher, name)
    _send(world.teacher, draft, {f"{RULE}|new": name + " two"})
    for path in (draft, f"{draft}/text", f"{draft}/publication", "stacks"):
        page = world.teacher.get(path)
        assert page.status_code == 200
        assert "<img" not in page.text
        assert "&lt;img" in page.text
    assert "<h1><bdi>" in world.teacher.get(draft).text


@pytest.mark.parametrize("title", ["", "   ", "x" * 501])
def test_a_title_is_asked_for_and_what_was_typed_is_kept(world: World, title: str) -> None:
    answer = world.teacher.post("stacks", {"form_id": str(uuid4()), "title": title})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{title}"' in answer.text


def test_an_incomplete_form_is_refused_and_keeps_what_was_typed(world: World) -> None:
    draft = _begin(world.teacher)
    answer = world.teacher.post(draft, {f"{RULE}|new": "Kept words", "revision": "x"})
    assert answer.status_code == 422
    assert "Kept words" in answer.text
    hidden = {"form_id": str(uuid4()), "revision": "999999999"}
    assert world.teacher.post(draft, hidden).status_code == 404
    assert world.teacher.get(f"{draft}/merge/99999999999999999999").status_code == 404


def test_yaml_with_a_mistake_is_refused_with_its_line_and_kept(world: World) -> None:
    draft = _begin(world.teacher)
    for typed, words in (
        ("quoin: 2\nstacks: [", "Line 3"),
        ("quoin: 2\nstacks: &a []", "aliases"),
        ("nothing", "begins with"),
    ):
        answer = _send(world.teacher, f"{draft}/text", {"text": typed})
        assert answer.status_code == 422
        assert words in _text(answer)
        assert typed in html.unescape(answer.text)


def test_yaml_sentences_and_form_are_views_of_one_rule(world: World) -> None:
    draft = _begin(world.teacher)
    rule = "{all: [sql, {any: [charts, ethics], window: {within: {months: 6}}}]}"
    typed = f"quoin: 2\nstacks: [{{key: x, title: X, requires: {rule}}}]"
    assert _send(world.teacher, f"{draft}/text", {"text": typed}).status_code == 303
    page = _text(world.teacher.get(draft))
    # Once in words, and once at the group whose form cannot edit it.
    assert page.count("All of it is finished within 6 months of the earliest finish.") == 2
    shown = world.teacher.get(f"{draft}/text").text
    sentence = html.unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", shown, re.S)[1])
    changed = sentence.replace("6 months", "9 months")
    values = {"text": changed, "view": "sentence"}
    assert _send(world.teacher, f"{draft}/text", values).status_code == 303
    assert "months: 9" in world.teacher.get(f"{draft}/text").text
    values = {"text": changed.replace("finished", "finnished"), "view": "sentence"}
    answer = _send(world.teacher, f"{draft}/text", values)
    assert answer.status_code == 422
    assert "not understood" in answer.text


def test_whatever_somebody_writes_as_yaml_can_be_looked_at_and_edited(world: World) -> None:
    for stacks in STRANGE:
        draft = _begin(world.teacher)
        answer = _send(world.teacher, f"{draft}/text", {"text": f"quoin: 2\nstacks: {stacks}"})
        if answer.status_code == 422:
            assert "Line" in answer.text
            continue
        for path in (draft, f"{draft}/text", f"{draft}/publication", f"{draft}/learners", "stacks"):
            assert world.teacher.get(path).status_code == 200, (stacks, path)
        values = {f"{RULE}|new": "More", f"{RULE}|kind": "any", "/stacks/0|credits": "2"}
        assert _send(world.teacher, draft, values).status_code == 303, stacks
        assert world.teacher.get(draft).status_code == 200, stacks


def test_a_draft_that_is_too_large_for_the_form_is_written_as_text(world: World) -> None:
    draft = _begin(world.teacher)
    parts = ", ".join(f"x{number}" for number in range(400))
    typed = f"quoin: 2\nstacks: [{{key: x, title: X, requires: {{all: [{parts}]}}}}]"
    assert _send(world.teacher, f"{draft}/text", {"text": typed}).status_code == 303
    page = world.teacher.get(draft)
    assert "too many parts for a form" in page.text
    assert len(page.data) < 300_000
    assert _send(world.teacher, draft, {"/stacks/0|credits": "3"}).status_code == 303
    assert "x399" in world.teacher.get(f"{draft}/text").text


def test_two_people_meet_on_a_page_that_shows_both_texts(world: World) -> None:
    ben = world.come_as("ben", is_instructor=True)
    draft = _begin(world.teacher)
    seen = _hidden(world.teacher.get(draft).text)
    _send(ben, draft, {f"{RULE}|new": "Bens part"})
    answer = world.teacher.post(draft, {**seen, f"{RULE}|new": "Marias part"})
    page = world.teacher.get(answer.headers["Location"])
    assert "Bens part" in page.text
    assert "Marias part" in page.text
    path = answer.headers["Location"]
    assert _send(world.teacher, path, {"keep": "?"}).status_code == 422
    both = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.S)[1]  # type: ignore[index]
    typed = html.unescape(both).replace("[marias-part]", "[marias-part, sql]")
    assert _send(world.teacher, path, {"keep": "both", "text": typed}).status_code == 303
    assert "SQL foundations" in _text(world.teacher.get(draft))
    assert _send(world.teacher, path, {"keep": "mine"}).status_code == 303
    assert "Marias part" in world.teacher.get(draft).text
    assert _send(world.teacher, path, {"keep": "theirs"}).status_code == 303


def test_the_page_of_two_changes_says_in_words_what_each_one_changed(world: World) -> None:
    draft = _begin(world.teacher, "", key="data-basics")
    seen = _hidden(world.teacher.get(draft).text)
    _send(world.teacher, draft, {f"{RULE}/all/0|grade": "75"})
    answer = world.teacher.post(draft, {**seen, f"{RULE}|pick": "achievement:ethics"})
    said = _text(world.teacher.get(answer.headers["Location"]))
    assert re.search(r"SQL foundations: .*75", said)
    assert "Data ethics" in said.split("The other change")[1]


def test_four_eyes_on_the_pages(world: World) -> None:
    ben = world.come_as("ben", is_instructor=True)
    switch_four_eyes(world.database, "harbour", is_demanded=True, actor="x", now=world.now)
    draft = _begin(world.teacher)
    _send(world.teacher, draft, WHOLE)
    assert 'value="publish"' not in world.teacher.get(f"{draft}/publication").text
    refused = _send_step(world.teacher, draft, "publish")
    assert refused.status_code == 422
    assert "four eyes" in refused.text
    assert _send_step(world.teacher, draft, "submit").status_code == 303
    assert _send_step(world.teacher, draft, "approve").status_code == 422
    assert 'value="approve"' in ben.get(f"{draft}/publication").text
    assert _send_step(ben, draft, "approve").status_code == 303
    assert _send_step(world.teacher, draft, "publish").status_code == 303


def test_a_decision_about_an_older_text_is_refused_in_words(world: World) -> None:
    draft = _begin(world.teacher)
    _send(world.teacher, draft, WHOLE)
    answer = world.teacher.post(f"{draft}/publication", {"revision": "1", "step": "publish"})
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.text


def test_versions_say_what_they_changed(world: World) -> None:
    draft = _begin(world.teacher, "", key="data-basics")
    _send(world.teacher, draft, {f"{RULE}/all/0|grade": "75"})
    assert _send_step(world.teacher, draft, "publish").status_code == 303
    said = _text(world.teacher.get("stacks/versions/data-basics"))
    assert "Version 2" in said
    assert re.search(r"SQL foundations.* from 60 to 75|SQL foundations.*60.*75", said)


def test_a_draft_is_deleted_and_gone(world: World) -> None:
    draft = _begin(world.teacher)
    assert world.teacher.post(f"{draft}/deletion").status_code == 303
    assert world.teacher.get(draft).status_code == 404
    assert "Data leader" not in world.teacher.get("stacks").text


def test_whoever_lacks_the_right_sees_no_way_in_and_is_refused(world: World) -> None:
    assistant = world.come_as("tom", is_instructor=True, role="assistant")
    assert ">Stacks</a>" not in assistant.get("roster").text
    world.allow(assistant=["record", "link", "stacks"])
    draft = _begin(assistant)
    assert ">Stacks</a>" in assistant.get("roster").text
    world.allow(assistant=["record", "link"])
    assert ">Stacks</a>" not in assistant.get("roster").text
    for path in ("stacks", draft, f"{draft}/text", f"{draft}/publication"):
        assert assistant.get(path).status_code == 403


def test_a_draft_of_another_institution_is_not_found(world: World) -> None:
    draft = _begin(world.teacher)
    path = draft.replace(str(world.teacher.context_uuid), str(world.other_teacher.context_uuid))
    for page in (path, f"{path}/text", f"{path}/publication", f"{path}/merge/1"):
        assert world.other_teacher.get(page).status_code == 404
    assert "Data leader" not in world.other_teacher.get("stacks").text
