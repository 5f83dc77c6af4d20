"""The words of the registration pages: where an address goes, and what comes next, by product."""

from __future__ import annotations

from lti_tool.lti.families import ProductFamily
from lti_tool.lti.scopes import WANTED
from lti_tool.services.register_dynamically import DynamicallyRegistered
from lti_tool.services.update_registration import RegistrationUpdated

MOODLE_TOOLS = "Site administration → Plugins → Activity modules → External tool → Manage tools"
WAYS_IN = {
    ProductFamily.MOODLE: (
        f"In Moodle, open {MOODLE_TOOLS}.",
        "Paste the address into “Tool URL” and choose “Add LTI Advantage”.",
    ),
    ProductFamily.CANVAS: (
        "In Canvas, open Admin → your account → Apps → Manage.",
        "Choose “Install a new app”, then “Dynamic registration”, and paste the address there.",
    ),
}
UPDATE = "Moodle says that there is such a tool already. Choose “Update” beside its name."
ANY_WAY_IN = (
    "Open the page of your LMS where an LTI 1.3 tool is added by dynamic registration.",
    "Paste the address into its field for the tool's registration address.",
)
ACTIVATE = f"Moodle shows the tool as pending. In {MOODLE_TOOLS}, choose “Activate” on its card."
CHOOSER = (
    "On the same card choose the cog, and at “Tool configuration usage” choose “Show in activity "
    "chooser and as a preconfigured tool”. Without it teachers do not find the tool."
)
KEEP = (
    "Canvas now shows what the tool asks for. Keep the permissions and placements, and turn the "
    "app on."
)
NEXT = {
    ProductFamily.MOODLE: (
        ACTIVATE,
        CHOOSER,
        "In a course, add the activity; after choosing content from Quoin, save the activity.",
    ),
    ProductFamily.CANVAS: (
        KEEP,
        "In each course whose students should see it: Settings → Navigation → Microcredentials.",
    ),
}
STILL_ACTIVE = "The tool stays active, and every link in courses stays as it is."
CHECKED = "Addresses or permissions are other than before: open one link in a course and look."
ANY_NEXT = (
    "Look in your LMS whether the tool has to be switched on there.",
    "Add a link to the tool in a course and open it.",
)


def way_in(family: ProductFamily | None, *, is_update: bool = False) -> tuple[str, ...]:
    """Return where the address of an invitation goes."""
    steps = WAYS_IN.get(family, ANY_WAY_IN) if family else ANY_WAY_IN
    return (*steps, UPDATE) if is_update else steps


def scope_words() -> list[tuple[str, str]]:
    """Return the name and the purpose of every scope that is asked for."""
    return [(scope.name, scope.purpose) for scope in WANTED]


def next_steps(done: DynamicallyRegistered | RegistrationUpdated) -> list[str]:
    """Return what an administrator does next, here first, then in the LMS."""
    if isinstance(done, RegistrationUpdated):
        return [STILL_ACTIVE, *([CHECKED] if done.changed else [])]
    steps = list(NEXT.get(done.family, ANY_NEXT))
    if done.other_hosts:
        steps.insert(0, _confirm(done))
    if done.deployment_id is None and not done.approves_deployments:
        steps.append(
            "The first launch says that the installation waits for approval. Whoever looks after "
            f"this tool lets it in: quoin platform approve {done.uuid} --deployment ID "
            "--institution KEY (the first launch notes the ID; “quoin platform show” tells it)."
        )
    return steps


def _confirm(done: DynamicallyRegistered) -> str:
    hosts = ", ".join(done.other_hosts)
    return (
        f"Nobody can launch yet: addresses of your LMS are at {hosts}, another host than its "
        "issuer's. Whoever looks after this tool looks at them (quoin platform show "
        f"{done.uuid}) and confirms them (quoin platform enable {done.uuid})."
    )
