"""Somebody without a mouse: goes from stop to stop by Tab, and sees at each where they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MOST_STOPS = 250

STOP = """() => {
  let one = document.activeElement;
  if (!one || one === document.body) return null;
  const box = one.getBoundingClientRect();
  const style = getComputedStyle(one);
  const label = one.closest("label");
  const styles = [style, ...(label ? [getComputedStyle(label)] : [])];
  return {
    name: `${one.tagName} ${(one.textContent || one.name || "").trim().slice(0, 40)}`,
    isMarked: styles.some(found => found.outlineStyle !== "none" && found.outlineWidth !== "0px"),
    isInSight: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


@dataclass
class Keys:
    """A keyboard; ``page`` is Playwright's page, ``place`` that page or a frame of it."""

    page: Any
    place: Any
    unseen: list[str] = field(default_factory=list)
    """Stops at which nothing shows where the focus is, or at which it is out of sight."""

    def to(self, role: str, name: Any, *, exact: bool = True, nth: int = 0) -> None:
        """Press Tab until this control has the focus."""
        target = self.place.get_by_role(role, name=name, exact=exact).nth(nth)
        target.wait_for()
        for _ in range(MOST_STOPS):
            if target.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            self._look()
        raise AssertionError(f"Tab does not reach the {role} {name!r}")

    def press(self, role: str, name: Any, *, exact: bool = True, key: str = "Enter") -> None:
        """Go to a control and press a key there; what loads is waited for."""
        self.to(role, name, exact=exact)
        self.page.keyboard.press(key)
        self.place.wait_for_load_state()

    def type(self, role: str, name: Any, words: str, *, nth: int = 0) -> None:
        """Go to a field and write over what it holds."""
        self.to(role, name, exact=False, nth=nth)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(words)

    def choose(self, name: Any, words: str) -> None:
        """Go to a list and choose by the first letters of the words."""
        self.to("combobox", name, exact=False)
        self.page.keyboard.type(words)
        chosen = self.place.evaluate("document.activeElement.selectedOptions[0].textContent")
        assert chosen.strip().startswith(words), chosen

    def _look(self) -> None:
        stop = self.place.evaluate(STOP)
        if stop and not (stop["isMarked"] and stop["isInSight"]):
            self.unseen.append(stop["name"])
