"""_lib/pod.tpl: what every program of the platform needs to be run for years."""

from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

from carrel.k8s.quantities import quantity

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

WRITERS = {
    "jupyter-web-app-deployment": "gunicorn",
    "volumes-web-app-deployment": "gunicorn",
    "tensorboards-web-app-deployment": "gunicorn",
    "dashboard": "npm",
}
"""Workloads whose program writes files, and what does."""

WITHOUT_TOKEN = {"oauth2-proxy"}
"""Workloads whose program never asks the API server."""

NOT_ASKED = {"notebook-controller-deployment", "tensorboard-controller-deployment"}
"""Workloads of which only metrics are asked."""


@pytest.fixture(scope="module")
def everything(chart: "Chart") -> "Manifest":
    """A platform with every program."""
    boards = {"tensorboardController": {"enabled": True}, "tensorboardsWebApp": {"enabled": True}}
    return chart.render("lab", merged(LOGIN, {"components": boards}))


def containers(manifest: "Manifest") -> list[tuple[str, Any, Any]]:
    """Workload, pod and container of each."""
    return [
        (name, pod["spec"], container)
        for name, pod in manifest.pods().items()
        for container in pod["spec"]["containers"]
    ]


def test_all_eleven_programs_are_looked_at(everything: "Manifest") -> None:
    assert len(everything.pods()) == 11


def test_every_container_has_requests_and_a_limit_of_memory(everything: "Manifest") -> None:
    for name, _, container in containers(everything):
        asked, most = container["resources"]["requests"], container["resources"]["limits"]
        assert asked.keys() == {"cpu", "memory"}, name
        assert (quantity(asked["memory"]) or 0) <= (quantity(most["memory"]) or 0), name
        # A limit of CPU slows a program down when nobody else wants the CPU.
        assert "cpu" not in most, name


def test_every_container_says_whether_it_lives_and_whether_it_is_ready(
    everything: "Manifest",
) -> None:
    for name, _, container in containers(everything):
        assert container["livenessProbe"].keys() & {"httpGet", "tcpSocket"}, name
        assert container["readinessProbe"].keys() & {"httpGet", "tcpSocket"}, name


def test_no_program_can_write_but_where_it_has_to(everything: "Manifest") -> None:
    for name, pod, container in containers(everything):
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        empty = {each["name"] for each in pod.get("volumes", []) if "emptyDir" in each}
        mounts = container.get("volumeMounts", [])
        writable = [each["mountPath"] for each in mounts if each["name"] in empty]
        assert writable == (["/tmp"] if name in WRITERS else []), name  # noqa: S108
        for each in pod.get("volumes", []):
            if "emptyDir" in each:
                assert each["emptyDir"]["sizeLimit"], name


def test_a_site_can_let_a_program_write(chart: "Chart") -> None:
    relaxed = {"containerSecurityContext": {"readOnlyRootFilesystem": False}}
    manifest = chart.render("lab", {"components": {"dashboard": relaxed}})
    assert manifest.container("dashboard")["securityContext"]["readOnlyRootFilesystem"] is False


def test_programs_that_never_ask_the_api_server_have_no_token(everything: "Manifest") -> None:
    without = {
        name
        for name, pod in everything.pods().items()
        if pod["spec"].get("automountServiceAccountToken") is False
    }
    assert without == WITHOUT_TOKEN


def test_a_program_that_is_asked_hears_of_its_end_last(everything: "Manifest") -> None:
    waiting = {
        name for name, _, each in containers(everything) if "preStop" in each.get("lifecycle", {})
    }
    assert waiting == everything.pods().keys() - NOT_ASKED
    for name, pod, container in containers(everything):
        wait = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {"seconds": 0})
        assert wait["seconds"] < pod.get("terminationGracePeriodSeconds", 30), name
