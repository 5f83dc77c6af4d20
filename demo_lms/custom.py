"""Custom parameters with their variables filled in (LTI 1.3 section 3.6 and appendix B)."""

from demo_lms.links import Link
from demo_lms.people import Course, Person
from demo_lms.registration import ToolRegistration
from demo_lms.roles import roles_in


def fill_in(
    tool: ToolRegistration, link: Link | None, course: Course, person: Person
) -> dict[str, str]:
    """The custom values of a launch; a variable that we do not know stays what it is.

    On a clash the tool's parameter wins over the link's, as in Moodle (seen running). Without a
    link (deep linking) the variables of links are unknown.
    """
    values = {
        "$Context.id": course.context_id,
        "$Context.id.history": ",".join(course.history),
        "$User.id": person.sub,
        "$Membership.role": ",".join(roles_in(course, person)),
    }
    given = dict(tool.custom)
    if link is not None:
        values |= {
            "$ResourceLink.id": link.id,
            "$ResourceLink.id.history": ",".join(link.history),
        }
        given = {**link.custom, **tool.custom}
    return {name: values.get(text, text) for name, text in given.items()}
