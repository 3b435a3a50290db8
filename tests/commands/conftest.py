"""The command line as people use it: a process in a project of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from carrel.tools.helm import Helm
from carrel.tools.kubeconform import Kubeconform

Carrel = Callable[..., subprocess.CompletedProcess[str]]
Snapshot = Callable[[], dict[str, bytes | None]]
Bundle = Callable[..., Path]


@pytest.fixture
def environment(project_root: Path) -> dict[str, str]:
    """An environment in which this checkout's Carrel runs, with no Helm on PATH."""
    return {
        "HOME": os.environ.get("HOME", "/"),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(project_root / "generator"),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def project(tmp_path: Path, project_root: Path, helm4: Helm, kubeconform: Kubeconform) -> Path:
    """A copy of the project whose chart and values a test may change, with the pinned tools."""
    root = tmp_path / "project"
    shutil.copytree(project_root / "chart", root / "chart")
    shutil.copytree(project_root / "values", root / "values")
    (root / "generator").symlink_to(project_root / "generator")
    assert helm4.path.parent == kubeconform.path.parent
    (root / ".tools").symlink_to(helm4.path.parent.parent)
    return root


@pytest.fixture
def carrel(project: Path, environment: Mapping[str, str]) -> Carrel:
    """Runs `carrel` in the project, or in another folder."""

    def carrel(
        *arguments: str | Path,
        extra: Mapping[str, str] | None = None,
        folder: Path | None = None,
        umask: int = 0o022,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "carrel", *arguments],
            env={**environment, **(extra or {})},
            cwd=folder or project,
            umask=umask,
            capture_output=True,
            text=True,
            check=False,
        )

    return carrel


@pytest.fixture
def snapshot(project: Path) -> Snapshot:
    """Everything in `dist`, hidden or not: path → content, None for a folder."""

    def snapshot() -> dict[str, bytes | None]:
        return {
            path.relative_to(project).as_posix(): path.read_bytes() if path.is_file() else None
            for path in sorted((project / "dist").rglob("*"))
        }

    return snapshot


@pytest.fixture
def rendered(project: Path, carrel: Carrel) -> Path:
    """`dist/lab` as an earlier render left it."""
    done = carrel("render", "lab")
    assert done.returncode == 0, done.stderr
    return project / "dist" / "lab"


@pytest.fixture
def bundle(project: Path, carrel: Carrel) -> Bundle:
    """Renders a site, with values of the command line, and gives its folder."""

    def bundle(site: str, *sets: str) -> Path:
        options = [option for each in sets for option in ("--set", each)]
        done = carrel("render", site, *options)
        assert done.returncode == 0, done.stderr
        return project / "dist" / site

    return bundle
