"""People who write drafts together, for the tests of the stack builder."""

from __future__ import annotations

from uuid import UUID, uuid4

from lti_tool.building.catalogue import Place
from lti_tool.building.edits import Edits
from lti_tool.services.change_draft import Change, Changed, change_draft
from lti_tool.services.show_draft import DraftView, show_draft
from lti_tool.services.start_draft import start_draft
from tests.web.world import Person, World

RULE = "/stacks/0/requires"


class Desk:
    """One person's place at the drafts of an institution."""

    def __init__(self, world: World, person: Person, institution: str = "harbour") -> None:
        self.database, self.now = world.database, world.now
        self.place = Place(
            world._institutions[institution],
            world.context_of(institution),
            person.learner_id,
            person.learner_uuid,
        )

    def start(self, title: str = "Data leader", *, form_id: str = "", key: str = "") -> UUID:
        form_id = form_id or str(uuid4())
        return start_draft(
            self.database, self.place, form_id=form_id, now=self.now, title=title, key=key
        )

    def view(self, uuid: UUID) -> DraftView:
        return show_draft(self.database, self.place, uuid)

    def edit(
        self,
        uuid: UUID,
        values: dict[str, str],
        act: str = "save",
        *,
        based_on: int = 0,
        form_id: str = "",
    ) -> Changed:
        based_on = based_on or self.view(uuid).revision
        change = Change(based_on, form_id or str(uuid4()), Edits(values, act))
        return change_draft(self.database, self.place, uuid, change, now=self.now)

    def write(self, uuid: UUID, text: str) -> Changed:
        change = Change(self.view(uuid).revision, str(uuid4()), text=text)
        return change_draft(self.database, self.place, uuid, change, now=self.now)
