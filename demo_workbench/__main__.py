"""python -m demo_workbench: prepare the workbench's database and serve it on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

WELCOME = """
  Workbench      {url}

  A course:      {url}/scenario/demo_quiz.0/?student=amy   (and .1 to .4)
  Its team:      ?student=staff, or ?student=staff-as-amy; a visitor: ?student=nobody
  The editor:    {url}/scenario/quoin_competency.0/studio_view/?student=staff

  Ctrl-C ends it.
"""


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; return the exit code."""
    options = _parser().parse_args(arguments)
    folder = Path(options.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["DJANGO_SETTINGS_MODULE"] = "demo_workbench.settings"
    os.environ["QUOIN_WORKBENCH_FOLDER"] = str(folder)
    os.environ.setdefault("QUOIN_WORKBENCH_ISSUER", f"http://localhost:{options.port}")
    for name in ("tool_url", "key_id", "language"):
        if value := getattr(options, name):
            os.environ[f"QUOIN_WORKBENCH_{name.upper()}"] = value
    print(WELCOME.format(url=f"http://localhost:{options.port}"), flush=True)  # noqa: T201
    try:
        serve(options.port)
    except KeyboardInterrupt:
        return 0
    return 0


def serve(port: int) -> None:
    """Serve pages and static files on the loopback interface."""
    import django
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application
    from waitress import serve as serve_forever

    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)
    handler = StaticFilesHandler(get_wsgi_application())
    serve_forever(handler, host="127.0.0.1", port=port, threads=4, ident=None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_workbench", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--folder", default="var/workbench", help="Database and log.")
    parser.add_argument("--language", help="en or ar; the browser's own wish goes first.")
    parser.add_argument("--tool-url", help="Address of the tool.")
    parser.add_argument("--key-id", help="Key of its JSON API; the secret: QUOIN_WORKBENCH_SECRET.")
    return parser


if __name__ == "__main__":
    sys.exit(main())
