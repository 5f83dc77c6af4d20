"""python -m demo_lms: start the practice LMS on this machine."""

import argparse
import sys
from pathlib import Path

from demo_lms.app import create_lms
from demo_lms.registration import FLAVOURS
from demo_lms.serving import PortTakenError, Server, bind_loopback
from demo_lms.settings import DATABASE, HILL, PEOPLE, Settings


def main(arguments: list[str] | None = None) -> int:
    """Serve until Ctrl-C; 1 when the port is taken."""
    options = _parser().parse_args(arguments)
    public_url = options.public_url or f"http://localhost:{options.port}"
    settings = Settings(
        public_url=public_url.rstrip("/"),
        tool_url=options.tool_url.rstrip("/"),
        database=options.database,
        people=_institutions(options),
        flavour=options.flavour,
        locale=options.locale,
        **({"storage_frame": None} if options.no_storage else {}),
    )
    try:
        sockets = bind_loopback(options.port)
    except PortTakenError as problem:
        print(f"{problem} with --port.", file=sys.stderr)  # noqa: T201
        return 1
    server = Server(create_lms(settings), sockets)
    print(f"The practice LMS is at {settings.public_url} (Ctrl-C stops it)", flush=True)  # noqa: T201
    print(f"Faults, broken launches, other habits: {settings.public_url}/controls", flush=True)  # noqa: T201
    server.run()
    return 0


def _institutions(options: argparse.Namespace) -> tuple[Path, ...]:
    second = (HILL,) if options.second_institution else ()
    return (*(options.people or (PEOPLE,)), *second)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo_lms", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--tool-url", default="http://127.0.0.1:8000", help="where Quoin is")
    parser.add_argument("--database", type=Path, default=DATABASE, help="an SQLite file")
    parser.add_argument(
        "--people", type=Path, action="append", help="an institution (YAML); may be repeated"
    )
    parser.add_argument(
        "--second-institution", action="store_true", help="let Hill College share the LMS"
    )
    parser.add_argument(
        "--flavour", choices=FLAVOURS, default="plain", help="whose habits the LMS has"
    )
    parser.add_argument("--public-url", help="default: http://localhost:PORT")
    parser.add_argument("--locale", default="en", help="the locale that tools are told")
    parser.add_argument("--no-storage", action="store_true", help="keep no values for the tool")
    return parser


if __name__ == "__main__":
    sys.exit(main())
