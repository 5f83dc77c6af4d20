"""Write what the tool is made of as CycloneDX: ``python3 -m tools.sbom [FILE]``.

The tool is installed into an environment of its own, as an operator does it, and the bill is
taken of that: nothing of the tests stands in it. What takes it (cyclonedx-bom) has an environment
of its own, too. The one file of npm that the pages use is added by its lock file.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools import assets
from tools.steps import ROOT, InstallError, run, step

TARGET = ROOT / "dist" / "quoin.cdx.json"
TOOL = "cyclonedx-bom==7.5.0"


def main(arguments: list[str]) -> int:
    """Write the bill; return the exit code."""
    target = Path(arguments[0]) if arguments else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="quoin-sbom-") as folder:
            _take(Path(folder), target)
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    bill = json.loads(target.read_text("utf-8"))
    bill["components"] += front_end()
    target.write_text(json.dumps(bill, indent=2) + "\n", "utf-8")
    print(f"{len(bill['components'])} components: {target}")
    return 0


def _take(folder: Path, target: Path) -> None:
    tool, taker = folder / "tool", folder / "taker"
    with step("installing the tool"):
        _install(tool, "-c", ROOT / "constraints.txt", ROOT)
    with step(f"installing {TOOL}"):
        _install(taker, TOOL)
    with step("taking the bill"):
        options = ["--output-format", "JSON", "--output-reproducible", "-o", target]
        python = tool / "bin" / "python"
        run([taker / "bin" / "cyclonedx-py", "environment", *options, python])


def _install(where: Path, *wanted: str | Path) -> None:
    run([sys.executable, "-m", "venv", where])
    options = ["--disable-pip-version-check", "--no-input"]
    run([where / "bin" / "python", "-I", "-m", "pip", "install", "-q", *options, *wanted])


def front_end() -> list[dict[str, Any]]:
    """Return a component for every package of npm whose file the pages use."""
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    found = []
    for path, digest in assets.pinned().items():
        name = path.partition("/")[0]
        version = lock[f"node_modules/{name}"]["version"]
        found.append(
            {
                "type": "library",
                "bom-ref": f"pkg:npm/{name}@{version}",
                "name": name,
                "version": version,
                "purl": f"pkg:npm/{name}@{version}",
                "hashes": [{"alg": "SHA-256", "content": digest}],
            }
        )
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
