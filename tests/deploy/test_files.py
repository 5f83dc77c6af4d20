"""Image, compose file, units and scripts name what is there: held against the tool itself."""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from lti_tool.app import create_app
from lti_tool.config import SETTINGS
from tests.docs.reading import wrong_in
from tests.web.world import CONFIG

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
FIXED = re.compile(r"[a-z]+:\d+(\.\d+)+-?[a-z0-9-]*")
COMPILERS = re.compile(r"\b(apt-get|apk|gcc|g\+\+|make|build-essential)\b")


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]
    return [(name, rest.strip()) for name, _, rest in (line.partition(" ") for line in lines)]


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8")))


def listed(text: str) -> list[str]:
    return list(ast.literal_eval(text))


def test_bases_are_pinned_and_no_stage_brings_a_compiler() -> None:
    bases = [rest.partition("=")[2] for name, rest in instructions() if name == "ARG"]
    assert len(bases) == 2
    assert all(FIXED.fullmatch(base) for base in bases), bases
    stages = [rest for name, rest in instructions() if name == "FROM"]
    assert all(stage.startswith("${") for stage in stages)
    assert not [rest for name, rest in instructions() if name == "RUN" and COMPILERS.search(rest)]
    images = [one["image"] for one in compose()["services"].values() if "build" not in one]
    assert all(FIXED.fullmatch(one) for one in images if not one.startswith("quoin:")), images


def test_the_last_stage_is_not_root_and_holds_nothing_of_the_build() -> None:
    every = instructions()
    last = every[max(i for i, (name, _) in enumerate(every) if name == "FROM") :]
    user = [rest for name, rest in last if name == "USER"]
    assert user == ["10001:10001"]
    assert [rest for name, rest in last if name == "COPY"] == ["--from=build /opt/quoin /opt/quoin"]
    run = [rest for name, rest in every if name == "RUN"]
    assert any("uninstall" in rest and "pip" in rest for rest in run)


def test_what_the_image_copies_is_there_and_let_in() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    let_in = {line[1:] for line in ignored if line.startswith("!")}
    assert not [name for name in let_in if not (ROOT / name).exists()]
    copied = [rest.split() for name, rest in instructions() if name == "COPY"]
    named = {one for words in copied if "--from" not in words[0] for one in words[:-1]}
    assert named - {"."} <= let_in
    assert not [name for name in let_in if name in ("tests", "var", "deploy", ".env")]


def test_what_the_image_runs_exists() -> None:
    found = dict(instructions())
    assert listed(found["ENTRYPOINT"]) == ["quoin"]
    assert wrong_in(" ".join(listed(found["CMD"]))) == ""
    path = re.findall(r"http://127\.0\.0\.1:8000(/\w+)", found["HEALTHCHECK"])
    rules = {
        str(rule)
        for rule in create_app(replace(CONFIG, database_url="sqlite://")).url_map.iter_rules()
    }
    assert set(path) <= rules
    assert path


OURS = ("migrate", "tool", "worker")


def test_services_of_ours_have_no_rights_and_commands_that_exist() -> None:
    services = compose()["services"]
    assert set(services) == {*OURS, "database", "proxy"}
    for name in OURS:
        one = services[name]
        assert one["read_only"] is True
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
        assert wrong_in(" ".join(one["command"])) == "", name
        assert set(one["environment"]) <= set(SETTINGS)
    assert "--no-worker" in services["tool"]["command"]
    assert "ports" not in services["tool"]
    assert "ports" not in services["database"]


def test_what_services_lean_on_is_declared() -> None:
    whole = compose()
    for name, one in whole["services"].items():
        assert set(one.get("depends_on", {})) <= set(whole["services"]), name
        assert set(one.get("secrets", [])) <= set(whole["secrets"]), name
        assert set(one.get("networks", [])) <= set(whole["networks"]), name
        for volume in one.get("volumes", []):
            source = volume.partition(":")[0]
            made = source == "./deploy/backups"
            assert made or source in whole["volumes"] or (ROOT / source).exists(), volume
        files = [v for v in one.get("environment", {}).values() if "/run/secrets/" in str(v)]
        assert {v.rpartition("/")[2] for v in files} <= set(one.get("secrets", []))
    for name in ("database", "tool"):
        waits = [s.get("depends_on", {}).get(name) for s in whole["services"].values()]
        assert {"condition": "service_healthy"} in waits
    assert whole["networks"]["inside"] == {"internal": True}


def test_the_script_makes_every_secret_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deploy"
    folder.mkdir()
    shutil.copy(DEPLOY / "secrets.sh", folder)

    def run() -> dict[str, str]:
        command = ["sh", str(folder / "secrets.sh"), "quoin.example.edu"]
        subprocess.run(command, check=True, capture_output=True)
        return {path.name: path.read_text() for path in (folder / "secrets").iterdir()}

    made = run()
    wanted = {Path(one["file"]).name for one in compose()["secrets"].values()}
    assert set(made) == wanted
    assert run() == made
    assert made["database_password"] in made["database_url"]
    assert min(len(text) for text in made.values()) >= 32
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (folder / "secrets").iterdir()}
    assert modes == {0o600}
    settings = dict(line.split("=") for line in (tmp_path / ".env").read_text().split())
    assert settings["QUOIN_HOST"] == "quoin.example.edu"
    assert not settings["QUOIN_USER"].startswith("0:")
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text("utf-8")))
    assert asked <= {*settings, "QUOIN_RELEASE"}


def unit(path: Path) -> list[tuple[str, str]]:
    lines = [line for line in path.read_text("utf-8").splitlines() if "=" in line]
    return [(name, value) for name, _, value in (line.partition("=") for line in lines)]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_runs_what_exists_without_rights(path: Path) -> None:
    found = unit(path)
    said = dict(found)
    runs = [value for name, value in found if name == "ExecStart"]
    assert runs
    typed = [m for value in runs for m in re.findall(r"/opt/quoin/bin/quoin ([^']*)", value)]
    assert typed
    assert not [words for words in typed if wrong_in(words)]
    assert said["User"] == "quoin"
    for name in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "MemoryDenyWriteExecute"):
        assert said[name] == "yes"
    assert said["ProtectSystem"] == "strict"
    assert said["CapabilityBoundingSet"] == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_reads_the_unit(path: Path, tmp_path: Path) -> None:
    for one in (DEPLOY / "systemd").glob("quoin*"):
        text = one.read_text("utf-8").replace("/opt/quoin/bin/quoin", "/bin/true")
        (tmp_path / one.name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / path.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "quoin" in line]
    assert not ours
    assert done.returncode == 0 or not ours


def test_the_timer_starts_a_unit_that_is_there() -> None:
    timers = list((DEPLOY / "systemd").glob("*.timer"))
    assert timers
    assert all(timer.with_suffix(".service").exists() for timer in timers)


@pytest.mark.parametrize("script", sorted(DEPLOY.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_plain_sh(script: Path) -> None:
    subprocess.run(["sh", "-n", str(script)], check=True)
    assert script.read_text("utf-8").startswith("#!/bin/sh\n")
    assert "set -eu" in script.read_text("utf-8")


def test_the_proxy_leads_to_the_tool_of_the_compose_file() -> None:
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    host, port = re.findall(r"reverse_proxy \{\$QUOIN_UPSTREAM:(\w+):(\d+)\}", text)[0]
    command = compose()["services"][host]["command"]
    assert command[command.index("--port") + 1] == port


def test_the_outline_for_tutor_sets_what_the_plugin_reads() -> None:
    text = (DEPLOY / "tutor" / "quoin.py").read_text("utf-8")
    ast.parse(text)
    read = (ROOT / "docs" / "open-edx-plugin.md").read_text("utf-8")
    for name in ("QUOIN_XBLOCK", "TOOL_URL", "KEYS", "KEY_ID", "SECRET"):
        assert name in text
        assert name in read
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "xblock" / "setup.cfg", "utf-8")
    assert f'"{parser["metadata"]["name"]}"' in text
    assert os.access(DEPLOY / "tutor" / "quoin.py", os.R_OK)
