"""What the pages say, and a copy of the project in which a reader's commands run."""

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from carrel.tools.helm import Helm
from carrel.tools.kubeconform import Kubeconform
from carrel.tools.process import sealed_environment

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# An installation, less the cluster: what would be sent to it goes to standard output.
_INSTALL_IS_TEMPLATE = """\
#!/bin/sh
if [ "$1 $2" = "upgrade --install" ]; then shift 2; set -- template "$@"; fi
exec {program} "$@"
"""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of a page.

    Attributes:
        page: where it is, from the root of the project.
        language: what follows the fence.
        text: what is inside.
    """

    page: str
    language: str
    text: str = field(repr=False)

    @property
    def commands(self) -> list[str]:
        """Its lines without comments; those that a backslash continues are one."""
        joined = self.text.replace("\\\n", " ")
        bare = (re.sub(r"(^|\s)#.*", "", line) for line in joined.splitlines())
        return [" ".join(line.split()) for line in bare if line.strip()]


@pytest.fixture(scope="session")
def pages(project_root: Path) -> dict[str, str]:
    """Every page that people read: path from the root of the project → text."""
    files = [*project_root.glob("*.md"), *sorted((project_root / "docs").rglob("*.md"))]
    return {file.relative_to(project_root).as_posix(): file.read_text() for file in files}


@pytest.fixture(scope="session")
def blocks(pages: dict[str, str]) -> list[Block]:
    """Every fenced block of every page, in order."""
    return [Block(page, *found) for page, text in pages.items() for found in _FENCE.findall(text)]


@dataclass(frozen=True, slots=True)
class Checkout:
    """A copy of the project, as it is after its first `make`, and a shell in it."""

    root: Path
    environment: dict[str, str]

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run a script as if it were pasted: what fails does not stop what follows."""
        return subprocess.run(
            ["/bin/sh", "-uc", script],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def program(self, name: str, script: str) -> Path:
        """Put a script first on PATH."""
        return executable(self.root / "bin" / name, script)


def executable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path


def copy_project(source: Path, root: Path, tools: Path) -> None:
    """The parts of the project that commands work on, as after `make setup tools`."""
    for name in ("chart", "values", "constraints"):
        shutil.copytree(source / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(source / name, root / name)
    for name in ("generator", "tools", "tests"):
        (root / name).symlink_to(source / name)
    (root / ".tools").symlink_to(tools)
    exported = f"PYTHONPATH={shlex.quote(str(source / 'generator'))}"
    python = f"{exported} exec {shlex.quote(sys.executable)}"
    executable(root / ".venv" / "bin" / "python", f'#!/bin/sh\n{python} "$@"\n')
    executable(root / ".venv" / "bin" / "carrel", f'#!/bin/sh\n{python} -m carrel "$@"\n')
    for stamp in (".made", ".run-installed", ".dev-installed"):
        (root / ".venv" / stamp).touch()


def checkout_in(root: Path, project: Path, helm: Helm, kubeconform: Kubeconform) -> Checkout:
    """A copy of the project whose `helm` on PATH is this one, less the cluster."""
    copy_project(project, root, helm.path.parent.parent)
    environment = {
        **sealed_environment(root / "home"),
        "PATH": f"{root / 'bin'}:/usr/bin:/bin",
        "CARREL_KUBECONFORM": str(kubeconform.path),
    }
    copy = Checkout(root, environment)
    copy.program("helm", _INSTALL_IS_TEMPLATE.format(program=shlex.quote(str(helm.path))))
    return copy


@pytest.fixture
def checkout(project_root: Path, tmp_path: Path, helm4: Helm, kubeconform: Kubeconform) -> Checkout:
    """A copy with the newest Helm, whose installations end before the cluster."""
    return checkout_in(tmp_path / "checkout", project_root, helm4, kubeconform)


@pytest.fixture
def checkout_with_any_helm(
    project_root: Path, tmp_path: Path, helm: Helm, kubeconform: Kubeconform
) -> Checkout:
    """The same with each supported Helm in turn."""
    return checkout_in(tmp_path / "checkout", project_root, helm, kubeconform)


@pytest.fixture(scope="session")
def block(blocks: list[Block]) -> Callable[[str], Block]:
    """The only block of shell commands that begins like this."""

    def block(start: str) -> Block:
        found = [each for each in blocks if each.language == "sh" and each.text.startswith(start)]
        assert len(found) == 1, f"{len(found)} blocks begin with {start!r}"
        return found[0]

    return block
