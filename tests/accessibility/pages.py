"""The pages of the tool, each for the people who open it; a guard holds this list to the routes.

An address has the names of ``happenings.Places`` in braces. A page that answers a form names the
page the form stands on (``on``), and what is sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    """One page as somebody sees it; ``status`` is how it is answered."""

    name: str
    audience: str
    address: str
    form: dict[str, str] = field(default_factory=dict)
    on: str = ""
    status: int = 200
    stays: bool = False
    """It would go on by itself: its scripts are kept away."""

    def __str__(self) -> str:
        return f"{self.audience}: {self.name}"


LEARNERS = (
    Page("progress", "learner", "{course}/progress"),
    Page("credentials", "learner", "{course}/credentials"),
    Page("public page", "learner", "{course}/credentials/{award}/page"),
    Page("wallet", "learner", "{course}/credentials/{award}/wallet"),
    Page(
        "offer", "learner", "{course}/credentials/{award}/wallet",
        {"way": "oid4vci"}, "{course}/credentials/{award}/wallet",
    ),
    Page("wallets", "learner", "{course}/wallets"),
    Page("code of a wallet", "learner", "{course}/wallets/code", {"x": ""}, "{course}/wallets"),
    Page("code to join", "learner", "{course}/accounts/code", {"x": ""}, "{course}/credentials"),
    Page(
        "joining", "learner", "{course}/accounts/check",
        {"code": "{joining_code}"}, "{course}/credentials",
    ),
    Page(
        "wrong joining code", "learner", "{course}/accounts/check",
        {"code": "no"}, "{course}/credentials", 422,
    ),
    Page("evidence", "learner", "{course}/evidence/{risk}"),
    Page(
        "empty evidence", "learner", "{course}/evidence/{ethics}",
        {"text": "", "url": "ftp://x"}, "{course}/evidence/{ethics}", 422,
    ),
    Page("calendar", "learner", "{course}/calendar"),
    Page("news", "learner", "{course}/news"),
    Page(
        "news refused", "learner", "{course}/news",
        {"address": "nobody", "mailed": "award"}, "{course}/news", 422,
    ),
    Page("outside", "learner", "{course}/outside-credentials"),
    Page("requests", "learner", "{course}/requests"),
    Page(
        "request", "learner",
        "{course}/requests/new?stack=data-practice&address=/ethics",
    ),
    Page(
        "empty request", "learner", "{course}/requests/new",
        {"stack": "steward", "address": "/depth", "text": ""},
        "{course}/requests/new?stack=steward", 422,
    ),
    Page("what if", "learner", "{course}/what-if?stack=steward&done=risk&done=audit"),
    Page("goal", "learner", "{course}/goal"),
    Page(
        "goal answered", "learner", "{course}/goal",
        {"text": "I want to ask databases questions and write about risk, with charts."},
        "{course}/goal",
    ),
    Page(
        "goal without an answer", "learner", "{course}/goal",
        {"text": "統計学"}, "{course}/goal",
    ),
    Page("empty goal", "learner", "{course}/goal", {"text": ""}, "{course}/goal", 422),
    Page("closed to learners", "learner", "{course}/roster", status=403),
    Page("keep access", "learner", "{course}/access"),
    Page("access kept", "learner", "{course}/access", {"x": ""}, "{course}/access"),
    Page("own", "former learner", "/own"),
    Page("own ways", "former learner", "/own/ways"),
    Page("own credentials", "former learner", "/own/credentials"),
    Page("own wallets", "former learner", "/own/wallets"),
    Page("own public page", "former learner", "/own/credentials/{award}/page"),
    Page("own wallet", "former learner", "/own/credentials/{award}/wallet"),
    Page("handed in elsewhere", "outsider", "{course}/outside-credentials"),
    Page("progress of nothing", "newcomer", "{course}/progress"),
    Page("no credentials", "newcomer", "{course}/credentials"),
    Page("no requests", "newcomer", "{course}/requests"),
    Page("no wallets", "newcomer", "{course}/wallets"),
    Page("nothing from elsewhere", "newcomer", "{course}/outside-credentials"),
    Page("what if from nothing", "newcomer", "{course}/what-if"),
    Page("preview", "preview", "{course}/progress"),
)  # fmt: skip
STAFF = (
    Page("roster", "teacher", "{course}/roster"),
    Page("roster, by progress", "teacher", "{course}/roster?stack=data-basics&order=progress"),
    Page("roster, filtered", "teacher", "{course}/roster?stack=data-basics&where=nothing"),
    Page(
        "refused completion", "teacher", "{course}/completions",
        {"learner": "{amara}", "achievement": "{sql}", "grade": "120", "completed_on": "x"},
        "{course}/roster", 422,
    ),
    Page("learner", "teacher", "{course}/learners/{amara}"),
    Page("queue", "teacher", "{course}/queue"),
    Page("evidence", "teacher", "{course}/queue/{evidence}"),
    Page("long evidence", "teacher", "{course}/queue/{old_evidence}"),
    Page(
        "accept many", "teacher", "{course}/queue",
        {"evidence": "{evidence}"}, "{course}/queue",
    ),
    Page(
        "accept with a wrong grade", "teacher", "{course}/queue",
        {"grade": "x"}, "{course}/queue", 422,
    ),
    Page("record for many", "teacher", "{course}/attest"),
    Page("record for many, chosen", "teacher", "{course}/attest?achievement={risk}"),
    Page(
        "look before recording", "teacher", "{course}/attest",
        {"achievement": "{ethics}", "completed_on": "2026-06-01", "grade": "80", "learner": "{ada}",
         "form_id": "00000000-0000-4000-8000-000000000001"},
        "{course}/attest?achievement={ethics}",
    ),
    Page("tables", "teacher", "{course}/tables"),
    Page("dry run", "teacher", "{sheet}"),
    Page("analytics", "teacher", "{course}/analytics"),
    Page("scores", "teacher", "{course}/scores"),
    Page("connections", "teacher", "{course}/connections"),
    Page("connect", "teacher", "{course}/connect"),
    Page(
        "connection refused", "teacher", "{course}/connections/{connection}",
        {"threshold": "much"}, "{course}/connections", 422,
    ),
    Page("catalogue", "teacher", "{course}/catalogue"),
    Page("catalogue entry", "teacher", "{course}/catalogue/{basics}?q=databas"),
    Page(
        "catalogue entry refused", "teacher", "{course}/catalogue/{basics}",
        {"workload_hours": "many", "language": "?"}, "{course}/catalogue/{basics}", 422,
    ),
    Page("stacks", "teacher", "{course}/stacks"),
    Page(
        "stack without a title", "teacher", "{course}/stacks",
        {"title": ""}, "{course}/stacks", 422,
    ),
    Page("versions", "teacher", "{course}/stacks/versions/steward"),
    Page("draft", "teacher", "{draft}"),
    Page("draft, wrong number", "teacher", "{draft}", {"/stacks/0|credits": "x"}, "{draft}", 422),
    Page("examples of a draft", "teacher", "{draft}/learners"),
    Page("draft as text", "teacher", "{draft}/text"),
    Page(
        "draft as wrong text", "teacher", "{draft}/text",
        {"text": "stacks: ["}, "{draft}/text", 422,
    ),
    Page("publication", "teacher", "{draft}/publication"),
    Page("merge", "teacher", "{merge}"),
    Page("take over a course", "teacher", "{course}/copy"),
    Page("picker", "linker", "{course}/link"),
    Page("picker, nothing chosen", "linker", "{course}/link", {"x": ""}, "{course}/link", 422),
    Page(
        "back to the course", "linker", "{course}/link",
        {"cancel": "1"}, "{course}/link", stays=True,
    ),
    Page("recognition", "recogniser", "{course}/recognition"),
    Page(
        "recognition refused", "recogniser", "{course}/recognition/{outside}",
        {"decision": "recognise", "reason": ""}, "{course}/recognition", 422,
    ),
    Page("mentees", "mentor", "{course}/mentees"),
    Page("mentee", "mentor", "{course}/mentees/{amara}"),
    Page("privacy", "privacy", "{course}/privacy"),
)  # fmt: skip
ADMINISTRATORS = (
    Page("platforms", "administrator", "/admin/platforms"),
    Page("platform", "administrator", "/admin/platforms/{platform}"),
    Page("addresses", "administrator", "/admin/platforms/{platform}/addresses"),
    Page("register", "administrator", "/admin/platforms/new"),
    Page(
        "register refused", "administrator", "/admin/platforms/new",
        {"issuer": "ü", "client_id": ""}, "/admin/platforms/new", 422,
    ),
    Page(
        "invitation", "administrator", "/admin/platforms/invitations",
        {"family": "moodle", "hours": "24", "institution": "harbour"}, "/admin/platforms/new",
    ),
    Page("scores", "administrator", "/admin/scores"),
    Page("health", "administrator", "/admin/health"),
    Page("sources", "administrator", "/admin/sources"),
    Page(
        "source refused", "administrator", "/admin/sources",
        {"name": "", "base_url": "moodle"}, "/admin/sources", 422,
    ),
    Page("source", "administrator", "/admin/sources/{source}"),
    Page(
        "source checked", "administrator", "/admin/sources/{source}/check",
        {"x": ""}, "/admin/sources/{source}",
    ),
    Page("looks", "administrator", "/admin/look"),
    Page("look", "administrator", "/admin/look/harbour"),
    Page(
        "look refused", "administrator", "/admin/look/harbour",
        {"light": "#ffee00", "dark": "#000000", "name": "x" * 400}, "/admin/look/harbour", 422,
    ),
    Page("retentions", "administrator", "/admin/retention"),
    Page("retention", "administrator", "/admin/retention/harbour"),
    Page(
        "retention refused", "administrator", "/admin/retention/harbour",
        {"news": "7"}, "/admin/retention/harbour", 422,
    ),
    Page("frameworks", "administrator", "/admin/frameworks"),
    Page("reviews", "administrator", "/admin/reviews"),
    Page("ways", "administrator", "/admin/ways"),
    Page("keys", "administrator", "/admin/keys"),
    Page("institutions", "administrator", "/admin/institutions"),
    Page("closed to administrators", "administrator", "/admin/cases", status=403),
    Page("own frameworks", "local administrator", "/admin/frameworks?q=databas&achievement={sql}"),
    Page("cases", "registrar", "/admin/cases"),
    Page("case", "registrar", "/admin/cases/{asked}"),
    Page("case without a request", "registrar", "/admin/learners/{amara}"),
    Page(
        "effect", "registrar", "/admin/learners/{amara}/effect",
        {
            "stack": "data-practice", "address": "/ethics", "kind": "waive",
            "reason_code": "equivalent", "reason": "Her course at Hill College covers it.",
        },
        "/admin/learners/{amara}",
    ),
    Page(
        "effect refused", "registrar", "/admin/learners/{amara}/effect",
        {"stack": "data-practice", "address": "/ethics", "kind": "waive"},
        "/admin/learners/{amara}", 422,
    ),
    Page(
        "empty answer", "registrar", "/admin/cases/{asked}/decline",
        {"answer": ""}, "/admin/cases/{asked}", 422,
    ),
    Page("exceptions", "registrar", "/admin/exceptions"),
    Page("drafts", "registrar", "/admin/drafts"),
    Page("draft being simulated", "registrar", "/admin/drafts/{waiting_draft}"),
    Page("simulation", "registrar", "/admin/drafts/{simulated_draft}"),
    Page(
        "simulation refused", "registrar", "/admin/drafts/{empty_draft}/simulation",
        {"x": ""}, "/admin/drafts/{empty_draft}", 422,
    ),
    Page("definitions", "registrar", "/admin/definitions"),
    *(
        Page(f"definitions: {kind}", "registrar", f"/admin/definitions/{kind}")
        for kind in ("scales", "tables", "terms", "zone", "levels", "rates")
    ),
    Page(
        "definitions refused", "registrar", "/admin/definitions/zone",
        {"zone": "Nowhere/Land"}, "/admin/definitions/zone", 422,
    ),
)  # fmt: skip
PUBLIC = (
    Page("home", "public", "/"),
    Page("accessibility", "public", "/accessibility"),
    Page("verify", "public", "/verify"),
    Page("verified", "public", "/verify", {"credential": "{presented}"}, "/verify"),
    Page("verify nothing", "public", "/verify", {"credential": ""}, "/verify", 422),
    Page("achievement", "public", "{issuer}/achievements/{basics}"),
    Page("shared award", "public", "/shared/{token}"),
    Page("consent", "public", "/ims/ob/v3p0/oauth/authorize?{consent}"),
    Page("consent refused", "public", "/ims/ob/v3p0/oauth/authorize?client_id=x", status=422),
    Page("end the mails", "public", "{stop}"),
    Page("sign in", "public", "/admin/sign-in"),
    Page("students sign in", "public", "/sign-in/harbour"),
    Page("staff sign in", "public", "/sign-in/harbour/staff"),
    Page("take up access", "public", "/sign-in/harbour/keep"),
    Page("sign in refused", "public", "/admin/sign-in", {"code": "no"}, "/admin/sign-in", 422),
    Page("invitation", "public", "{invitation}"),
    Page("registration", "public", "{invitation}?{registration}"),
    Page("login", "public", "/lti/login?{login}", stays=True),
    Page("refused login", "public", "/lti/login", status=400),
    Page("nowhere", "public", "/nowhere", status=404),
    Page("nobody is signed in", "public", "{course}/progress", status=401),
    Page("no administrator", "public", "/admin/platforms", status=401),
)  # fmt: skip
PAGES = LEARNERS + STAFF + ADMINISTRATORS + PUBLIC

FOR_MACHINES = frozenset(
    {
        "admin_platforms.home",  # leads to another page
        "api_document.show",
        "badge_api.describe",
        "badge_api.describe_server",
        "credentials.download",
        "credentials.everything",
        "credentials.pack",
        "credentials.paper",
        "credentials.transcript",
        "issuers.show_did",
        "issuers.show_image",
        "issuers.show_issued_endorsement",
        "issuers.show_key",
        "issuers.show_keyset",
        "issuers.show_profile",
        "issuers.show_published_rule",
        "issuers.show_status",
        "launch.keyset",
        "oid4vci.show_issuer",
        "oid4vci.show_offer",
        "oid4vci.show_server",
        "brands.show_logo",
        "brands.show_style",
        "calendars.read",
        "health.alive",
        "health.metrics",
        "health.ready",
        "progress.calendar",
        "public_pages.show_badge",
        "public_pages.show_code",
        "public_pages.show_image",
        "registration.canvas",
        "signing_in.begin",  # leads to a provider, and back
        "signing_in.returned",
        "sheets.export_completions",
        "sheets.export_roster",
        "static",
    }
)
"""What answers with data, a file or a picture."""

PIECES = frozenset({"roster.score", "scores.row"})
"""What answers with a piece of a page that is in the list."""
