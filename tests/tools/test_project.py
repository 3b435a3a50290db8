"""What the Makefile and the pinned versions promise."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

TARGETS = {
    "help", "setup", "tools", "gen", "check", "validate", "render", "install", "test",
    "test-unit", "test-cluster", "cluster-up", "cluster-down", "lint", "bench", "clean",
}  # fmt: skip


def make(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=root, capture_output=True, text=True)


def pinned(file: Path) -> dict[str, str]:
    """Package → version."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", file.read_text(), re.MULTILINE))


def requirement_names(requirements: list[object]) -> set[str]:
    texts = [text for text in requirements if isinstance(text, str)]
    return {re.split(r"[<>=!~\[; ]", text)[0].lower().replace(".", "-") for text in texts}


def test_make_help_explains_every_target(project_root: Path) -> None:
    explained = dict(
        re.findall(r"^make (\S+)\s+(\S.*)$", make(project_root, "help").stdout, re.MULTILINE)
    )

    assert explained.keys() == TARGETS


@pytest.mark.parametrize("target", ["render", "install"])
def test_a_missing_site_is_one_sentence(project_root: Path, target: str) -> None:
    done = make(project_root, target)

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == "error: say which site, as in `make render SITE=lab`"


def test_an_old_python_is_one_sentence(project_root: Path, tmp_path: Path) -> None:
    done = make(project_root, "setup", f"VENV={tmp_path}/venv", "PYTHON=/nonexistent/python3")

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        "error: Python 3.11 or later is needed: name one, as in `make PYTHON=python3.12 setup`"
    )


def test_a_python_that_lacks_venv_is_one_sentence(project_root: Path, tmp_path: Path) -> None:
    """As on Debian without the package python3-venv."""
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\n')
    python.chmod(0o755)

    done = make(project_root, "setup", f"VENV={tmp_path}/venv", f"PYTHON={python}")

    assert done.returncode == 2
    assert done.stderr.splitlines()[0] == (
        f"error: {python} cannot make virtual environments: install its venv package "
        "(Debian: apt install python3-venv)"
    )


def test_the_makefile_stays_short(project_root: Path) -> None:
    assert len((project_root / "Makefile").read_text().splitlines()) <= 96


@pytest.mark.parametrize("name", ["run", "dev", "go"])
def test_every_pinned_package_has_hashes_and_no_address(project_root: Path, name: str) -> None:
    text = (project_root / "constraints" / f"{name}.txt").read_text()

    assert "://" not in text
    assert not re.search(r"^\s*-", text.replace("--hash=", ""), re.MULTILINE)
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]:
        assert re.match(r"\S+==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+\n\Z", block)


def test_every_requirement_is_pinned(project_root: Path) -> None:
    project = tomllib.loads((project_root / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    run = requirement_names(project["project"]["dependencies"] + groups["build"])
    everything = requirement_names([*groups["dev"], *groups["test"], *groups["bench"]])

    assert run <= pinned(project_root / "constraints/run.txt").keys()
    assert run | everything <= pinned(project_root / "constraints/dev.txt").keys()


def test_development_runs_on_what_users_run_on(project_root: Path) -> None:
    run = pinned(project_root / "constraints/run.txt")

    assert run.items() <= pinned(project_root / "constraints/dev.txt").items()
