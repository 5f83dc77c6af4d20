# ruff: noqa: INP001 - Tutor loads this one file, it is no package
"""An outline of a Tutor plugin: blocks and plugin in the LMS, and the tool's address in it.

Copy it to the folder that ``tutor plugins printroot`` names, then:
tutor plugins enable quoin; tutor config save --set QUOIN_TOOL_URL=https://quoin.example.edu
--set QUOIN_KEY_ID=... --set QUOIN_KEY_SECRET=...; tutor images build openedx;
tutor local do init --limit quoin; tutor local restart.
"""

from tutor import hooks

hooks.Filters.CONFIG_DEFAULTS.add_items(
    [
        ("QUOIN_TOOL_URL", ""),
        ("QUOIN_KEY_ID", ""),
        ("QUOIN_KEY_SECRET", ""),
        ("QUOIN_XBLOCK_PACKAGE", "quoin-xblock"),
    ]
)
hooks.Filters.ENV_PATCHES.add_items(
    [
        (
            "openedx-dockerfile-post-python-requirements",
            "RUN pip install '{{ QUOIN_XBLOCK_PACKAGE }}'",
        ),
        (
            "openedx-common-settings",
            """
QUOIN_XBLOCK = {
    "TOOL_URL": "{{ QUOIN_TOOL_URL }}",
    "KEYS": [{"KEY_ID": "{{ QUOIN_KEY_ID }}", "SECRET": "{{ QUOIN_KEY_SECRET }}"}],
}
""",
        ),
    ]
)
hooks.Filters.CLI_DO_INIT_TASKS.add_item(("lms", "./manage.py lms migrate quoin_xblock"))
