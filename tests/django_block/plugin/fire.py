"""python -m tests.django_block.plugin.fire LEARNERS GRADES: learners who pass a course.

Each passes, and each gets so many grades, as a platform's processes would tell it. Prints the LTI
ids of the learners as JSON.
"""

from __future__ import annotations

import json
import sys

import django


def main(learners: int, grades: int) -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from openedx.core.djangoapps.external_user_ids.models import ExternalIdType

    from quoin_xblock.plugin.people import subjects_of
    from tests.django_block.plugin import events

    ExternalIdType.objects.get_or_create(name="lti")
    people = [
        get_user_model().objects.create(username=f"learner{number}") for number in range(learners)
    ]
    for person in people:
        events.pass_course(person.id)
        for number in range(grades):
            events.change_grade(person.id, 0.6 + number / 10_000)
    subjects = subjects_of([person.id for person in people])
    sys.stdout.write(json.dumps([subjects[person.id] for person in people]))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
