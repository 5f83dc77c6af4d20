"""Open edX for tests: the process of ``lms.py``, a block of it that opens the tool, a browser."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import NAMESPACE_DNS, uuid4, uuid5

import requests

from demo_lms.testing import LaunchForm, Visitor

ROOT = Path(__file__).parents[2]
PATIENCE = 20.0


class RunningOpenEdX:
    """The lti_consumer application in its own process: ``with RunningOpenEdX() as edx: ...``."""

    url: str

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="open-edx-")
        log = Path(self._folder.name) / "log"
        words = [sys.executable, "-m", "tests.open_edx.lms", self._folder.name]
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                words,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, log.read_text("utf-8")[-2000:]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)
        self._folder.cleanup()

    def sub(self, username: str) -> str:
        """Return the id under which tools know somebody."""
        return str(uuid5(NAMESPACE_DNS, username))

    def add_block(self, tool_url: str, **fields: Any) -> EdXBlock:
        """Add a block to the course that opens the tool, with these fields beside the usual."""
        launch, name = f"{tool_url}/lti/launch", uuid4().hex
        usual = {
            "lti_version": "lti_1p3",
            "lti_1p3_oidc_url": f"{tool_url}/lti/login",
            "lti_1p3_launch_url": launch,
            "lti_1p3_redirect_uris": [launch],
            "lti_1p3_tool_key_mode": "keyset_url",
            "lti_1p3_tool_keyset_url": f"{tool_url}/lti/jwks",
            "lti_1p3_enable_nrps": True,
            "lti_advantage_ags_mode": "programmatic",
            "lti_advantage_deep_linking_enabled": True,
            "lti_advantage_deep_linking_launch_url": launch,
            "has_score": True,
        }
        shown = self._post(f"blocks/{name}/save", usual | fields)
        return EdXBlock(self, name, shown.json())

    def _post(self, path: str, values: dict[str, Any]) -> requests.Response:
        answer = requests.post(f"{self.url}/{path}", json=values, timeout=PATIENCE)
        answer.raise_for_status()
        return answer


@dataclass(frozen=True)
class EdXBlock:
    """A block; ``shown`` is what Studio tells its author for the tool."""

    edx: RunningOpenEdX
    name: str
    shown: dict[str, str]

    @property
    def details(self) -> dict[str, str]:
        """What an operator enters, by the names of ``quoin platform add``."""
        return {
            "issuer": self.edx.url,
            "client-id": self.shown["client_id"],
            "auth-login-url": self.shown["oidc_callback"],
            "auth-token-url": self.shown["token_url"],
            "jwks-url": self.shown["keyset_url"],
            "deployment": self.shown["deployment_id"],
        }

    def form(self, username: str, what: str = "open") -> tuple[Visitor, LaunchForm]:
        """Open the block (or "add" content) as somebody: the form that would go to the tool."""
        browser = Visitor(self.edx, username)
        address = f"{self.edx.url}/blocks/{self.name}/{what}"
        answer = browser.get(address, allow_redirects=False, timeout=PATIENCE)
        assert answer.status_code == 302, answer.text
        return browser, browser.follow_login(answer.headers["Location"])

    def launch(self, username: str, what: str = "open") -> tuple[Visitor, requests.Response]:
        """Open the block, or add content, as somebody: the page at the end."""
        browser, form = self.form(username, what)
        return browser, browser.submit(form)

    def state(self) -> dict[str, Any]:
        """What the platform holds of it: columns, contents, grades."""
        answer = requests.get(f"{self.edx.url}/blocks/{self.name}", timeout=PATIENCE)
        answer.raise_for_status()
        return dict(answer.json())

    def change_score(self, username: str, score: float) -> None:
        """Change a stored score in the platform's administration."""
        self.edx._post(f"blocks/{self.name}/scores/{username}", {"score": score})
