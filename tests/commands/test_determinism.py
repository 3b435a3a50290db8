"""What is rendered depends on the project alone, and not on who renders it where."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.tools.helm import Helm

Carrel = Callable[..., subprocess.CompletedProcess[str]]

ELSEWHERE = {
    "HELM_NAMESPACE": "elsewhere",
    "KUBECONFIG": "/nonexistent/kubeconfig",
    "LANG": "tr_TR.UTF-8",
    "LC_ALL": "tr_TR.UTF-8",
    "NO_COLOR": "1",
    "PYTHONHASHSEED": "4711",
    "TZ": "Pacific/Kiritimati",
}


@pytest.mark.parametrize("site", ["lab", "campus", "vault"])
def test_another_machine_renders_the_same_bytes(
    project: Path, carrel: Carrel, site: str, tmp_path: Path
) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()
    moved = tmp_path / "another" / "checkout"
    shutil.copytree(project, moved, symlinks=True)

    here = carrel("render", site, extra={"PYTHONHASHSEED": "1", "TZ": "UTC"})
    there = carrel(
        "render",
        site,
        *("-C", moved, "-o", tmp_path / "out"),
        extra={**ELSEWHERE, "HOME": str(home)},
        folder=elsewhere,
        umask=0o077,
    )

    assert (here.returncode, there.returncode) == (0, 0), here.stderr + there.stderr
    first = files(project / "dist" / site)
    assert len(first) > 10
    assert files(tmp_path / "out") == first


@pytest.mark.parametrize("site", ["lab", "vault"])
def test_every_supported_helm_renders_the_same_bytes(
    project: Path, carrel: Carrel, site: str, helm3: Helm, helm318: Helm
) -> None:
    arguments: dict[str, list[str | Path]] = {
        "four": [],
        "three": ["--helm", helm3.path],
        "oldest": ["--helm", helm318.path],
    }
    for folder, options in arguments.items():
        done = carrel("render", site, "-o", folder, *options)
        assert done.returncode == 0, done.stderr

    expected = files(project / "four")
    assert files(project / "three") == expected
    assert files(project / "oldest") == expected


def files(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Path → mode and content of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }
