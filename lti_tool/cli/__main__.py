"""``python -m lti_tool.cli``: the ``quoin`` command where it is not installed as one."""

from lti_tool.cli import main

if __name__ == "__main__":
    main(prog_name="quoin")
