"""Custom parameters with their variables filled in (LTI 1.3 section 3.6 and appendix B)."""

from demo_lms.links import Link
from demo_lms.people import Course, Person
from demo_lms.roles import roles_in


def fill_in(link: Link, course: Course, person: Person) -> dict[str, str]:
    """The custom values of a launch; a variable that we do not know stays what it is."""
    values = {
        "$Context.id": course.context_id,
        "$Context.id.history": ",".join(course.history),
        "$ResourceLink.id": link.id,
        "$ResourceLink.id.history": ",".join(link.history),
        "$User.id": person.sub,
        "$Membership.role": ",".join(roles_in(course, person)),
    }
    return {name: values.get(text, text) for name, text in link.custom.items()}
