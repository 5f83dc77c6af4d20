"""What a developer may turn at run time: the LMS's habits that are no fault."""

from dataclasses import dataclass

NOTICE_MODES = ("once", "twice", "late", "never")


@dataclass
class Controls:
    """``page_size``: entries on a page when no smaller limit is asked for; None is all of them.

    ``notices``: a notice goes out once, twice (the same one), late (when somebody says so), never.
    """

    page_size: int | None = None
    notices: str = "once"

    def reset(self) -> None:
        """Back to how the LMS starts."""
        vars(self).update(vars(type(self)()))
