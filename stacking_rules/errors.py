"""What the engine may raise.

StackError                 base
  DocumentError            the document is wrong at an address; address, message
  CircularStackError       awards need each other; path
  LimitExceededError       the document is larger than the engine accepts; limit, value
  PhraseError              a line of a rule in phrases is wrong; code, line, column, about
"""


class StackError(Exception):
    """Base of everything that the engine raises on purpose."""


class DocumentError(StackError):
    """The document is wrong at ``address`` (a JSON pointer, RFC 6901; "" is the whole)."""

    def __init__(self, address: str, message: str) -> None:
        super().__init__(f"{address or '/'}: {message}")
        self.address, self.message = address, message


class CircularStackError(StackError):
    """Awards need each other; ``path`` names the awards on the way round, first one twice."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__("These awards need each other: " + " -> ".join(path))
        self.path = path


class LimitExceededError(StackError):
    """The document has more nodes or levels than the engine accepts."""

    def __init__(self, limit: str, value: int) -> None:
        super().__init__(f"The document has more than {value} {limit}.")
        self.limit, self.value = limit, value


class PhraseError(StackError):
    """A line of a rule in phrases is wrong.

    ``code`` says how: "not-understood" (``about``: the nearest phrase), "two-meanings",
    "said-twice" (the field), "open-quote", "indent", "nothing-below", "one-below", "some-below",
    "too-large", "line-too-long", "too-deep" (the limit). ``line`` and ``column`` count from 1.
    """

    def __init__(self, code: str, line: int, column: int, about: str | int = "") -> None:
        super().__init__(f"{line}:{column}: {code} {about}".strip())
        self.code, self.line, self.column, self.about = code, line, column, about
