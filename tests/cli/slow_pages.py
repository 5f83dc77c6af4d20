"""Pages that take their time, served as ``quoin serve`` serves: ended by a test in the middle."""

from __future__ import annotations

import sys
import time

from flask import Flask

from lti_tool.cli.processes import listen, stop_on_sigterm
from lti_tool.cli.server import create_server


def main() -> None:
    """Serve at the port that is named."""
    app = Flask(__name__)

    @app.get("/")
    def slow() -> str:
        time.sleep(1.5)
        return "done" * 100_000

    stop_on_sigterm()
    server = create_server(app, listen(int(sys.argv[1])), threads=2)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()
