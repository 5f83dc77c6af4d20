"""A browser that opens the pages of the inventory, one tab for each audience and direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.accessibility.audiences import Audiences
from tests.accessibility.pages import Page

LANGUAGES = {"ltr": "en", "rtl": "ar"}
WIDTHS = (320, 400, 1280)
SCHEMES: dict[str, dict[str, str]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colours": {"color_scheme": "light", "forced_colors": "active"},
}
HEIGHT = 800

SEND = """([action, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  const token = document.querySelector("[name=csrf_token]");
  const hidden = document.querySelectorAll("main [type=hidden]");
  const all = {};
  for (const one of hidden) all[one.name] = one.value;
  Object.assign(all, token ? {csrf_token: token.value} : {}, fields);
  for (const [name, value] of Object.entries(all)) {
    const field = document.createElement("textarea");
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""
TURN = """direction => {
  const root = document.documentElement;
  root.dir = direction;
  root.lang = direction === "rtl" ? "ar" : "en";
}"""
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true })"


@dataclass
class Looker:
    """Opens pages in one direction; ``browser`` is Playwright's."""

    browser: Any
    audiences: Audiences
    direction: str = "ltr"
    unfolds: bool = True
    """Whether what is folded away is opened."""

    def __post_init__(self) -> None:
        self._tabs: dict[str, Any] = {}

    def tab(self, audience: str) -> Any:
        """Return the tab of an audience, which is signed in."""
        if audience not in self._tabs:
            context = self.browser.new_context(
                locale=LANGUAGES[self.direction],
                viewport={"width": WIDTHS[-1], "height": HEIGHT},
                reduced_motion="reduce",
            )
            if cookie := self.audiences.cookie(audience):
                host = urlsplit(self.audiences.campus.origin).hostname
                at = {"domain": host, "path": "/", "secure": True}
                context.add_cookies([{"name": cookie[0], "value": cookie[1], **at}])
            if self.audiences.campus.origin != self.audiences.campus.local:
                context.route("**/*", self._bring)
            self._tabs[audience] = context.new_page()
        return self._tabs[audience]

    def _bring(self, route: Any) -> None:
        """Answer a request to the public address from where the campus is served."""
        campus = self.audiences.campus
        url = route.request.url.replace(campus.origin, campus.local, 1)
        route.fulfill(response=route.fetch(url=url, max_redirects=0))

    def look(self, page: Page) -> Any:
        """Open a page with all that is folded away, and return its tab."""
        tab, origin = self.tab(page.audience), self.audiences.campus.origin
        if page.stays:
            tab.route("**/*.js*", lambda route: route.abort())
        address = self.audiences.address(page.address)
        if page.form:
            tab.goto(origin + self.audiences.address(page.on))
            with tab.expect_navigation():
                tab.evaluate(SEND, [address, self.audiences.form(page)])
        else:
            tab.goto(origin + address)
        if page.stays:
            tab.unroute("**/*.js*")
        self._unfold(tab)
        return tab

    def show(self, html: str) -> Any:
        """Show a page that was made, at an address of the tool, and return its tab."""
        tab, address = self.tab("public"), f"{self.audiences.campus.origin}/made"
        tab.route(address, lambda route: route.fulfill(content_type="text/html", body=html))
        tab.goto(address)
        tab.unroute(address)
        self._unfold(tab)
        return tab

    def _unfold(self, tab: Any) -> None:
        if self.unfolds:
            tab.evaluate(OPEN)
        # A page that comes in another language has a direction of its own already.
        if tab.evaluate("document.dir || 'ltr'") != self.direction:
            tab.evaluate(TURN, self.direction)

    def close(self) -> None:
        """Close every tab."""
        for tab in self._tabs.values():
            tab.context.close()
