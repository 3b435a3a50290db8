"""What pip installs is enough to check a repository that holds nothing but values."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as pip unpacks it."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            *(sys.executable, "-m", "hatchling", "build", "--target", "wheel"),
            *("--directory", folder / "dist"),
        ],
        cwd=project_root,
        env={**os.environ, "PYTHONWARNINGS": "default"},
        check=True,
        capture_output=True,
    )
    (wheel,) = (folder / "dist").glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site-packages")
    return folder / "site-packages"


@pytest.fixture
def values(tmp_path: Path) -> Path:
    """A repository with one site and nothing else."""
    folder = tmp_path / "values" / "sites" / "mine"
    folder.mkdir(parents=True)
    (folder / "site.yaml").write_text(
        "site: {name: mine, platform: eks}\nidentity: {oidc: {issuer: 'https://login.example.com'}}\n"
    )
    return tmp_path


def validate(
    environment: Mapping[str, str], installed: Path, folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "carrel", "validate", *arguments],
        env={**environment, "PYTHONPATH": str(installed)},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_repository_of_values_is_checked(
    environment: Mapping[str, str], installed: Path, values: Path
) -> None:
    site = values / "values/sites/mine/site.yaml"

    right = validate(environment, installed, values)
    site.write_text(site.read_text() + "gateway: {hots: a.example.com}\n")
    wrong = validate(environment, installed, site.parent, "--format", "github")

    assert (right.returncode, right.stdout) == (0, "")
    assert "1 site is valid: mine" in right.stderr
    assert wrong.returncode == 1
    assert "::error file=values/sites/mine/site.yaml,line=3,col=11," in wrong.stdout
    assert "did you mean host?" in wrong.stdout


def test_nothing_is_written_there(
    environment: Mapping[str, str], installed: Path, values: Path
) -> None:
    validate(environment, installed, values)

    assert [path.name for path in values.iterdir()] == ["values"]
