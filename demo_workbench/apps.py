"""The app: the workbench only logs what blocks publish; here it is kept, as an LMS keeps it."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig


class DemoWorkbench(AppConfig):
    """Completions, scores and two blocks to complete."""

    name = "demo_workbench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Take what blocks publish, and make the demo's blocks known."""
        from workbench.runtime import WorkbenchRuntime
        from xblock.core import XBlock

        from demo_workbench.blocks import BLOCKS
        from demo_workbench.keeping import keep

        def publish(_runtime: Any, block: Any, event: str, data: dict[str, Any]) -> None:
            keep(block, event, data)

        WorkbenchRuntime.publish = publish
        XBlock.extra_entry_points.extend(BLOCKS)
