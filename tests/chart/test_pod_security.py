"""Every pod of the platform meets the Pod Security Standard `restricted` (_lib/pod.tpl)."""

from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN
from tests.chart.test_identity import BOARDS

from carrel.diagnostics import dotted
from carrel.k8s.pod_security import violations

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest


def faults(spec: dict[str, Any]) -> list[str]:
    return [dotted(where) for where, _ in violations(spec, "restricted")]


def test_every_pod_is_restricted(platforms: dict[str, "Manifest"], site: str) -> None:
    pods = platforms[site].pods()
    assert len(pods) == (7 if site == "lab" else 8)
    for name, template in pods.items():
        assert faults(template["spec"]) == [], name


@pytest.mark.parametrize(
    "values",
    [
        {"podSecurity": {"uids": "assigned"}},
        LOGIN,
        BOARDS,
        {"images": {"pullSecrets": ["login"]}},
        {
            "components": {
                "dashboard": {
                    "podSecurityContext": {"fsGroup": 1},
                    "containerSecurityContext": {"readOnlyRootFilesystem": True},
                    "extraVolumes": {"a": {"emptyDir": {}}},
                }
            }
        },
    ],
    ids=["assigned", "login", "boards", "pull-secrets", "contexts"],
)
def test_every_pod_stays_restricted(chart: "Chart", values: dict[str, Any]) -> None:
    for name, template in chart.render("lab", values).pods().items():
        assert faults(template["spec"]) == [], name


def test_a_cluster_that_assigns_users_is_given_none(chart: "Chart") -> None:
    manifest = chart.render("lab", {"podSecurity": {"uids": "assigned"}})
    ids = {"runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"}
    for template in manifest.pods().values():
        spec = template["spec"]
        contexts = [spec["securityContext"], *(c["securityContext"] for c in spec["containers"])]
        assert not any(ids & set(context) for context in contexts)
        assert all(context["runAsNonRoot"] for context in contexts)


def test_otherwise_programs_run_as_the_users_that_their_images_were_built_for(
    chart: "Chart",
) -> None:
    manifest = chart.render("lab", LOGIN)
    users = {
        (workload, container["name"]): container["securityContext"].get("runAsUser")
        for workload, template in manifest.pods().items()
        for container in template["spec"]["containers"]
    }
    assert users == {
        ("notebook-controller-deployment", "manager"): 1000,
        ("jupyter-web-app-deployment", "jupyter-web-app"): 1000,
        ("volumes-web-app-deployment", "volumes-web-app"): 1000,
        ("pvcviewer-controller-manager", "manager"): None,
        ("dashboard", "dashboard"): 1000,
        ("poddefaults-webhook-deployment", "poddefaults-webhook"): 65532,
        ("dex", "dex"): 1001,
        ("oauth2-proxy", "oauth2-proxy"): None,
        # These images name a numeric user of their own.
        ("profiles-deployment", "manager"): None,
        ("profiles-deployment", "access-management"): None,
    }


def test_every_container_has_requests_and_a_memory_limit(
    platforms: dict[str, "Manifest"], site: str
) -> None:
    for template in platforms[site].pods().values():
        for container in template["spec"]["containers"]:
            assert set(container["resources"]["requests"]) == {"cpu", "memory"}
            assert set(container["resources"]["limits"]) == {"memory"}
