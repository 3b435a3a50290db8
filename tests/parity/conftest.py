"""Upstream's objects, ours, and what is declared of their differences."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.parity.comparison import Report
from tests.parity.inventory import read_facts
from tests.parity.parity import SITE, Parity

from carrel import upstream
from carrel.k8s import objects
from carrel.k8s.fields import Fields
from carrel.k8s.objects import RenderedObject
from carrel.tools.helm import Helm
from carrel.upstream import Upstream

Render = Callable[[Helm], tuple[RenderedObject, ...]]

_FOLDER = Path(__file__).parent
_RELEASE = upstream.load(_FOLDER.parents[1] / "generator" / "catalogue")
_FACTS = _FOLDER.parent / "fixtures" / "upstream" / f"{_RELEASE.release}.json"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much of upstream is compared; the rest is not there yet, which is no failure."""
    components = read_facts(_FACTS)
    declared = [name for name in components if (_FOLDER / f"{name}.yaml").is_file()]
    objects = sum(len(components[name]) for name in declared)
    terminalreporter.write_line(
        f"parity: {len(declared)} of {len(components)} components of upstream are compared,"
        f" {objects} of {sum(map(len, components.values()))} objects"
    )


@pytest.fixture(scope="session")
def release() -> Upstream:
    """The release of upstream that is compared with."""
    return _RELEASE


@pytest.fixture(scope="session")
def facts() -> dict[str, tuple[Fields, ...]]:
    """Upstream's objects by component, as kustomize prints them."""
    return read_facts(_FACTS)


@pytest.fixture(scope="session")
def rendered_by(project_root: Path) -> Render:
    """What a Helm makes of the chart for the site that is nearest to upstream."""

    def rendered_by(helm: Helm) -> tuple[RenderedObject, ...]:
        platform = project_root / "values" / "platforms" / "vanilla.yaml"
        output = helm.template(
            project_root / "chart",
            release="carrel",
            namespace="carrel-system",
            values=[platform, _FOLDER / f"{SITE}.yaml"],
            kube_version="1.36.0",
        )
        found, diagnostics = objects.read(output, "carrel")
        assert not diagnostics
        return found

    return rendered_by


@pytest.fixture(scope="session")
def parity(
    project_root: Path, helm4: Helm, rendered_by: Render, facts: dict[str, tuple[Fields, ...]]
) -> Parity:
    """Upstream, ours and the declarations."""
    rendered = rendered_by(helm4)
    return Parity.of(facts, rendered, _FOLDER, project_root, _RELEASE)


@pytest.fixture(scope="session")
def report(parity: Parity) -> Report:
    """What the comparison finds as things are."""
    return parity.report()
