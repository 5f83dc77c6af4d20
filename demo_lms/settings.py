"""What the practice LMS is told at its start, and the addresses that follow from it."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CLIENT_ID = "quoin-demo"
DEPLOYMENT_ID = "1"
PEOPLE = Path(__file__).parent / "institution" / "people.yaml"
HILL = Path(__file__).parent / "institution" / "hill.yaml"
DATABASE = Path("var/demo/lms.sqlite3")


@dataclass(frozen=True)
class Settings:
    """Where the LMS is reached, which tool it knows, where it keeps its data.

    ``people`` has one file per institution; the first has deployment 1, the second deployment 2.
    ``public_url`` and ``tool_url`` are origins without a trailing slash. Browsers only treat the
    tool as a third party when the two have different host names (localhost and 127.0.0.1).
    ``storage_frame`` is the name of the frame that keeps values for the tool, None for none.
    """

    public_url: str = "http://localhost:8001"
    tool_url: str = "http://127.0.0.1:8000"
    database: Path = DATABASE
    people: tuple[Path, ...] = (PEOPLE,)
    locale: str = "en"
    flavour: str = "plain"
    storage_frame: str | None = "quoin_storage"

    @property
    def tool_login_url(self) -> str:
        """Where a launch begins: the tool's third-party login initiation."""
        return f"{self.tool_url}/lti/login"

    @property
    def tool_launch_url(self) -> str:
        """The only address an id_token is ever posted to."""
        return f"{self.tool_url}/lti/launch"

    @property
    def tool_keyset_url(self) -> str:
        """Where the tool publishes the keys it signs with."""
        return f"{self.tool_url}/lti/jwks"

    @property
    def token_url(self) -> str:
        """The LMS's token endpoint, which is also the audience of a client assertion."""
        return f"{self.public_url}/lti/token"

    def context_url(self, course_id: str) -> str:
        """The root of one course's services."""
        return f"{self.public_url}/lti/contexts/{course_id}"


def registration_details(
    public_url: str, *, client_id: str = CLIENT_ID, deployment_id: str = DEPLOYMENT_ID
) -> dict[str, str]:
    """What a tool must know of the LMS at ``public_url``, ready for its registration form."""
    return {
        "issuer": public_url,
        "client_id": client_id,
        "deployment_id": deployment_id,
        "authorization_url": f"{public_url}/lti/auth",
        "token_url": f"{public_url}/lti/token",
        "jwks_url": f"{public_url}/lti/jwks",
    }


def origin(url: str) -> str:
    """Scheme, host and port of ``url``."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
