"""What every test may use: the project and its pinned tools, built when they are not yet."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from carrel import deprecation_list
from carrel.deprecations import Deprecation
from carrel.tools import build
from carrel.tools.helm import Helm
from carrel.tools.kubeconform import Kubeconform
from carrel.tools.record import binary_path, built_version
from carrel.tools.version import Version

ToolFinder = Callable[[str], Path]
RenderSite = Callable[..., Path]


@pytest.fixture(scope="session")
def project_root() -> Path:
    """The folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def render_site(project_root: Path, helm4: Helm, kubeconform: Kubeconform) -> RenderSite:
    """Renders a site as people do: the name of the site, the folder to write, values to set.

    Values are `key=value`; `root` is another project than this checkout. Gives the folder.
    """

    def render_site(site: str, folder: Path, *values: str, root: Path = project_root) -> Path:
        options: list[str | Path] = [
            "--helm",
            helm4.path,
            "--kubeconform",
            kubeconform.path,
            "-o",
            folder,
        ]
        options += [option for each in values for option in ("--set", each)]
        done = subprocess.run(
            [sys.executable, "-m", "carrel", "render", site, *options],
            cwd=root,
            env={"PYTHONPATH": str(project_root / "generator"), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        return folder

    return render_site


@pytest.fixture(scope="session")
def past(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Deprecation, ...]:
    """The list in tests/fixtures/deprecations: that of a chart 0.4.0 which has had a past."""
    root = tmp_path_factory.mktemp("past")
    file = root / deprecation_list.FILE
    file.parent.mkdir(parents=True)
    shutil.copy(project_root / "tests/fixtures/deprecations/deprecations.yaml", file)
    return deprecation_list.load(root, "0.4.0")


@pytest.fixture(scope="session")
def tool(project_root: Path) -> ToolFinder:
    """The path of a pinned tool by name, built first if need be; workers share one build."""

    def find(name: str) -> Path:
        build.build(project_root, [name], report=lambda said: print(said, file=sys.stderr))
        return binary_path(project_root, name)

    return find


def _helm(project_root: Path, tool: ToolFinder, name: str) -> Helm:
    path = tool(name)
    return Helm(path, built_version(project_root, name) or Version(0, 0))


@pytest.fixture(scope="session")
def helm4(project_root: Path, tool: ToolFinder) -> Helm:
    """The newest Helm 4."""
    return _helm(project_root, tool, "helm")


@pytest.fixture(scope="session")
def helm3(project_root: Path, tool: ToolFinder) -> Helm:
    """The newest Helm 3."""
    return _helm(project_root, tool, "helm3")


@pytest.fixture(scope="session")
def helm318(project_root: Path, tool: ToolFinder) -> Helm:
    """The oldest Helm that Carrel supports."""
    return _helm(project_root, tool, "helm318")


@pytest.fixture(scope="session", params=["helm318", "helm3", "helm"])
def helm(request: pytest.FixtureRequest, project_root: Path, tool: ToolFinder) -> Helm:
    """Each supported Helm in turn."""
    return _helm(project_root, tool, request.param)


@pytest.fixture(scope="session")
def kubeconform(project_root: Path, tool: ToolFinder) -> Kubeconform:
    """The pinned kubeconform."""
    path = tool("kubeconform")
    return Kubeconform(path, built_version(project_root, "kubeconform") or Version(0, 0))
