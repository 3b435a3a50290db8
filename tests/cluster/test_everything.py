"""A platform with every program comes, stays as it is, and goes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.cluster.cluster import changed, refusals
from tests.cluster.conftest import Install, StartCluster
from tests.cluster.installation import Installation, Values, succeeds

from carrel.tools.helm import Helm

EVERYTHING: Values = {
    "identity": {"mode": "dex", "dex": {"users": {"ada": {"email": "ada@example.com"}}}},
    "components": {
        "tensorboardController": {"enabled": True},
        "tensorboardsWebApp": {"enabled": True},
    },
}
PROGRAMS = 11
DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io"


@pytest.fixture(scope="module")
def installed(start_cluster: StartCluster, install: Install, helm: Helm) -> Iterator[Installation]:
    with start_cluster() as cluster:
        installation = install(cluster, helm, "lab").having(EVERYTHING)
        succeeds(replace(installation, validates=True).platform())
        yield installation


def test_the_server_has_nothing_against_any_program(installed: Installation) -> None:
    deployments = installed.cluster.api.list("deployments.apps")
    assert len(deployments) == PROGRAMS
    assert refusals(installed.cluster.api, installed.manifest()) == []


def test_an_identical_upgrade_of_every_program_changes_nothing(installed: Installation) -> None:
    before = installed.cluster.settled()

    succeeds(installed.platform())

    assert changed(before, installed.cluster.settled()) == {}


def test_every_program_goes_and_definitions_stay(installed: Installation) -> None:
    api = installed.cluster.api
    definitions = {each["metadata"]["name"] for each in api.list(DEFINITIONS)}

    done = installed.uninstall("carrel")

    assert done.returncode == 0
    installed.cluster.settled()
    assert api.list("deployments.apps") == []
    assert {each["metadata"]["name"] for each in api.list(DEFINITIONS)} == definitions
    kept = {each["metadata"]["name"] for each in api.list("namespaces")}
    assert {"kubeflow", "auth", "oauth2-proxy"} <= kept
