"""The systemd recipe without systemd: from what the image copies to the first launch."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo_lms.testing import RunningLMS
from tests.deploy.running import ROOT, Process, environment, free_port, launch

MOST_MINUTES = 10
UNITS = ROOT / "deploy" / "systemd"

pytestmark = [pytest.mark.timeout(900), pytest.mark.long, pytest.mark.xdist_group("wheels")]


def copy_let_in(tree: Path) -> None:
    """Copy what .dockerignore lets in: an image is built from that, and so is this."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    left_out = [line for line in lines if line[0] not in "!#*" and "/" in line]
    for name in [line[1:] for line in lines if line.startswith("!")]:
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy(ROOT / name, target)
            continue
        gone = [line.removeprefix(f"{name}/") for line in left_out if line.startswith(f"{name}/")]
        shutil.copytree(
            ROOT / name,
            target,
            ignore=lambda at, names, name=name, gone=gone: [  # type: ignore[misc]
                one
                for one in names
                if one == "__pycache__"
                or (Path(at) / one).relative_to(ROOT / name).as_posix() in gone
            ],
        )


def settings_of(file: Path) -> dict[str, str]:
    lines = [line for line in file.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    return dict(line.split("=", 1) for line in lines)


def exec_start(unit: str, target: Path, port: int) -> list[str]:
    """Return what a unit starts, with the folder and port of the test."""
    text = (UNITS / unit).read_text("utf-8")
    command = re.findall(r"^ExecStart=(.*)$", text, re.M)[0]
    command = command.replace("/opt/quoin", str(target)).replace("--port 8000", f"--port {port}")
    return str(command).split()


def test_from_nothing_to_the_first_launch(tmp_path: Path) -> None:
    modules = ROOT / "node_modules" / "htmx.org"
    if not modules.exists():
        pytest.skip("npm has not fetched htmx here: 'make install' does")
    began, steps = time.monotonic(), 0
    tree, root, port = tmp_path / "tree", tmp_path / "root", free_port()
    target, url = tmp_path / "opt", f"http://127.0.0.1:{port}"
    copy_let_in(tree)
    shutil.copytree(modules, tree / "node_modules" / "htmx.org")
    clean = environment(tree, PYTHON=sys.executable, ROOT=str(root))

    def step(*command: str, **more: str) -> str:
        nonlocal steps
        steps += 1
        done = subprocess.run(
            command, env={**clean, **more}, cwd=tree, capture_output=True, text=True, check=False
        )
        if done.returncode and "No matching distribution" in done.stderr:
            pytest.skip("the packages cannot be fetched here")
        assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-2000:]
        return done.stdout

    assert "quoin, version" in step("sh", "deploy/build.sh", str(target))
    shutil.rmtree(tree / "stacking_rules")  # what runs is what was installed
    script = UNITS / "install.sh"
    step("sh", str(script), url)
    for unit in ("quoin.service", "quoin-worker.service", "quoin-daily.timer"):
        assert (root / "etc/systemd/system" / unit).exists()
    written = settings_of(root / "etc/quoin/quoin.env")
    assert written["QUOIN_PUBLIC_URL"] == url
    installed = {**environment(tmp_path, **written)}
    installed.pop("PYTHONPATH")
    clean = installed
    # As the image does it: nothing that runs needs them.
    uninstall = ["-m", "pip", "uninstall", "--yes", "-q", "setuptools", "wheel", "pip"]
    subprocess.run([str(target / "bin" / "python"), *uninstall], check=True, capture_output=True)
    quoin, home = str(target / "bin" / "quoin"), root / "var/lib/quoin"
    tree = home
    step(quoin, "db", "upgrade")
    step(quoin, "config", "check")
    running = [
        Process(exec_start(unit, target, port), installed, home, unit)
        for unit in ("quoin.service", "quoin-worker.service")
    ]
    steps += 1
    try:
        running[0].wait_for(f"{url}/readyz")
        running[1].wait_for_words("Quoin works")
        step(quoin, "institution", "open", "harbour", "--name", "Harbour University")
        with RunningLMS(url) as lms:
            said = lms.registration
            step(
                *(quoin, "platform", "add", "--institution", "harbour", "--allow-loopback"),
                *("--issuer", said["issuer"], "--client-id", said["client_id"]),
                *("--deployment", said["deployment_id"], "--jwks-url", said["jwks_url"]),
                *("--auth-login-url", said["authorization_url"]),
                *("--auth-token-url", said["token_url"]),
            )
            _, page = launch(lms)
            steps += 1
            assert page.status_code == 200, page.text
            assert page.url.startswith(f"{url}/courses/")
        took = time.monotonic() - began
        step(quoin, "keys", "rotate")
        step(quoin, "backup", "create", "quoin-test.backup.gz")
        doctor = subprocess.run(
            [quoin, "doctor", "--offline"],
            env=installed,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert doctor.returncode == 0, doctor.stdout
        assert [one.end() for one in running] == [0, 0]
    finally:
        for one in running:
            one.kill()
    sys.stdout.write(f"first launch after {steps - 2} steps and {took:.0f} s\n")
    assert took <= MOST_MINUTES * 60
