"""A change of one value changes the objects that it is about, and restarts what reads it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from tests.cluster.cluster import Snapshot, changed
from tests.cluster.conftest import Install, StartCluster, State
from tests.cluster.installation import FEW, Installation, Values, succeeds

from carrel.tools.helm import Helm
from carrel.tools.process import Completed

WEB_APP = "deployments.apps kubeflow jupyter-web-app-deployment"
DASHBOARD = "deployments.apps kubeflow dashboard"
PROFILES = "deployments.apps kubeflow profiles-deployment"


@dataclass(frozen=True, slots=True)
class Case:
    """A change.

    Attributes:
        values: over the site's.
        objects: what changes, as regular expressions.
        restarts: the programs whose pods are replaced.
        adds: how many pods are added without any being replaced.
    """

    values: Values
    objects: frozenset[str]
    restarts: frozenset[str] = frozenset()
    adds: int = field(default=0)


PLATFORM = {
    "an image": Case(
        {"components": {"jupyterWebApp": {"image": {"tag": "v9.9.9"}}}},
        frozenset({WEB_APP}),
        frozenset({"jupyter-web-app-deployment"}),
    ),
    "replicas": Case(
        {"components": {"dashboard": {"replicas": 4}}}, frozenset({DASHBOARD}), adds=2
    ),
    "the catalogue": Case(
        {"notebooks": {"images": {"rstudio-tidyverse": {"state": "off"}}}},
        # The program reads it again for each form, and other images are refused.
        frozenset(
            {
                "configmaps kubeflow jupyter-web-app-config",
                "validatingadmissionpolicies.admissionregistration.k8s.io carrel-notebooks",
            }
        ),
    ),
    "a size": Case(
        {"notebooks": {"sizes": {"small": {"cpu": 2}}}},
        # The program reads it again for each form.
        frozenset({"configmaps kubeflow jupyter-web-app-config"}),
    ),
    "the policy on pods": Case(
        {"podSecurity": {"tenants": "restricted"}},
        # New notebooks have to meet it, and new Profiles' namespaces enforce it.
        frozenset(
            {
                "configmaps kubeflow jupyter-web-app-notebook-template",
                "configmaps kubeflow profiles-namespace-labels-data",
                PROFILES,
                WEB_APP,
            }
        ),
        frozenset({"jupyter-web-app-deployment", "profiles-deployment"}),
    ),
}
TENANTS = {
    "a quota": Case(
        {"plans": {"research": {"quota": {"cpu": 48}}}},
        frozenset({r"resourcequotas [a-z]+-(?!\d)[a-z]+ tenant"}),
    ),
    "a size": Case(
        {"notebooks": {"sizes": {"large": {"cpu": 8}}}},
        frozenset({r"limitranges [a-z]+-[a-z0-9]+ tenant"}),
    ),
    "the policy on pods": Case(
        {"podSecurity": {"tenants": "restricted"}}, frozenset({r"namespaces [a-z]+-[a-z0-9]+"})
    ),
}

_FOLLOW = re.compile(
    "(controllerrevisions|endpoints|endpointslices|replicasets|pods|events)[ .]|leases"
)
"""What controllers make of our objects."""


@dataclass(slots=True)
class Site:
    """A site that is changed step by step, since steps back would take as long.

    Attributes:
        platform: what upgrades the platform.
        tenants: what upgrades the tenants.
        objects: what there was after the last step.
    """

    platform: Installation
    tenants: Installation
    objects: Snapshot

    def change_platform(self, values: Values) -> Snapshot:
        """Add values and upgrade; returns what there was before."""
        self.platform = self.platform.having(values)
        return self._after(self.platform.platform())

    def change_tenants(self, values: Values) -> Snapshot:
        """Add values and upgrade; returns what there was before."""
        self.tenants = self.tenants.having(values)
        return self._after(self.tenants.tenants())

    def _after(self, done: Completed) -> Snapshot:
        before, self.objects = self.objects, self.platform.cluster.settled()
        succeeds(done)
        return before


@pytest.fixture(scope="module")
def site(
    start_cluster: StartCluster,
    install: Install,
    campus_states: Callable[[Helm], State],
    helm: Helm,
) -> Iterator[Site]:
    with start_cluster(campus_states(helm)) as cluster:
        installation = install(cluster, helm).with_tenants(*FEW)
        yield Site(installation, installation, cluster.settled())


@pytest.mark.parametrize("case", PLATFORM.values(), ids=PLATFORM)
def test_on_the_platform(site: Site, case: Case) -> None:
    pods = _pods(site)

    before = site.change_platform(case.values)

    pods_after = _pods(site)
    assert _unexpected(before, site.objects, case.objects) == ([], [])
    assert {program for program, _ in pods - pods_after} == case.restarts
    assert len(pods_after) - len(pods) == case.adds


@pytest.mark.parametrize("case", TENANTS.values(), ids=TENANTS)
def test_on_tenants(site: Site, case: Case) -> None:
    pods = _pods(site)

    before = site.change_tenants(case.values)

    assert _unexpected(before, site.objects, case.objects) == ([], [])
    assert _pods(site) == pods


def _unexpected(
    before: Snapshot,
    after: Snapshot,
    expected: frozenset[str],
) -> tuple[list[str], list[str]]:
    """What differs and should not, and what should differ and does not."""
    found = {
        name
        for names in changed(before, after).values()
        for name in names
        if not _FOLLOW.match(name)
    }
    surplus = [name for name in found if not any(re.fullmatch(each, name) for each in expected)]
    idle = [each for each in expected if not any(re.fullmatch(each, name) for name in found)]
    return sorted(surplus), sorted(idle)


def _pods(site: Site) -> set[tuple[str, str]]:
    """Program and identity of each pod that is to stay."""
    return {
        (re.sub("-[a-z0-9]+-[a-z0-9]+$", "", each["metadata"]["name"]), each["metadata"]["uid"])
        for each in site.platform.cluster.api.list("pods", "kubeflow")
        if "deletionTimestamp" not in each["metadata"]
    }
