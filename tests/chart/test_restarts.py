"""Pods restart when what they read at their start changes, and at no other time."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

WORKLOADS = {
    "notebook-controller-deployment",
    "jupyter-web-app-deployment",
    "dashboard",
    "profiles-deployment",
    "volumes-web-app-deployment",
    "pvcviewer-controller-manager",
    "poddefaults-webhook-deployment",
}


def restarted(before: "Manifest", after: "Manifest") -> set[str]:
    old, new = before.pods(), after.pods()
    assert set(old) == set(new)
    assert set(old) - {"dex", "oauth2-proxy"} == WORKLOADS
    return {name for name in old if old[name] != new[name]}


def notebooks(**values: Any) -> dict[str, Any]:
    return {"notebooks": values}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param(notebooks(shm={"size": "0.75Gi"}), {"jupyter-web-app-deployment"}, id="shm"),
        pytest.param(
            notebooks(shm={"enabled": False}), {"jupyter-web-app-deployment"}, id="no-shm"
        ),
        pytest.param(
            {"podSecurity": {"tenants": "restricted"}},
            {"profiles-deployment", "jupyter-web-app-deployment"},
            id="psa",
        ),
        pytest.param({"mesh": {"revision": "1-30"}}, {"profiles-deployment"}, id="revision"),
        pytest.param(
            {"components": {"profileController": {"config": {"namespaceLabels": {"a": "b"}}}}},
            {"profiles-deployment"},
            id="namespace-labels",
        ),
        pytest.param(
            notebooks(culling={"idleMinutes": 60}), {"notebook-controller-deployment"}, id="culling"
        ),
        pytest.param({"identity": {"admins": ["ada@b.c"]}}, {"profiles-deployment"}, id="admins"),
        pytest.param(notebooks(sizes={"small": {"cpu": 1, "memory": "2Gi"}}), set(), id="size"),
        pytest.param(notebooks(limitFactor={"cpu": "none"}), set(), id="limit-factor"),
        pytest.param(notebooks(home={"size": "9Gi"}), set(), id="home"),
        pytest.param(notebooks(form={"customImages": True}), set(), id="form"),
        pytest.param(
            notebooks(images={"jupyter-scipy": {"image": {"tag": "v1.11.1"}}}),
            set(),
            id="catalogue",
        ),
        pytest.param(
            notebooks(images={"jupyter-pytorch": {"state": "hidden"}}), set(), id="hidden"
        ),
        pytest.param(
            {"components": {"dashboard": {"config": {"documentation": {"Help": {"link": "/h"}}}}}},
            set(),
            id="documentation",
        ),
        pytest.param(
            {"plans": {"standard": {"quota": {"cpu": 5}}}},
            set(),
            id="plans",
        ),
        pytest.param({"namespaces": {"kubeflow": {"labels": {"a": "b"}}}}, set(), id="labels"),
    ],
)
def test_exactly_the_pods_that_read_it_restart(
    chart: "Chart", values: dict[str, Any], expected: set[str]
) -> None:
    before, after = chart.render("lab"), chart.render("lab", values)
    assert restarted(before, after) == expected
    changed = before.bodies() != after.bodies()
    assert changed is (("plans" not in values) or bool(expected))


def test_a_change_of_the_gateway_restarts_whoever_is_told_of_it(chart: "Chart") -> None:
    host = {"gateway": {"host": "desk.example"}}
    assert restarted(chart.render("lab"), chart.render("lab", host)) == {
        "notebook-controller-deployment"
    }
    header = {"identity": {"userHeader": "x-user"}}
    assert restarted(chart.render("lab"), chart.render("lab", header)) == {
        "jupyter-web-app-deployment",
        "dashboard",
        "profiles-deployment",
        "volumes-web-app-deployment",
    }


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"identity": {"session": {"hours": 8}}}, {"dex", "oauth2-proxy"}),
        ({"identity": {"dex": {"users": {"bob": {"email": "bob@b.c"}}}}}, {"dex"}),
        ({"identity": {"userHeader": "x-user"}}, set()),
    ],
    ids=["session", "user", "header"],
)
def test_a_change_of_the_login_restarts_whoever_is_told_of_it(
    chart: "Chart", values: dict[str, Any], expected: set[str]
) -> None:
    before, after = chart.render("lab", LOGIN), chart.render("lab", merged(LOGIN, values))
    assert restarted(before, after) & {"dex", "oauth2-proxy"} == expected


def test_a_new_version_of_the_chart_alone_restarts_nothing(
    chart: "Chart", chart_copy: Path, site: str
) -> None:
    metadata = chart_copy / "Chart.yaml"
    text = metadata.read_text()
    bumped = text.replace("\nversion: 0.1.0", "\nversion: 7.1.0+build.5").replace("26.03.1", "99.9")
    assert bumped != text
    metadata.write_text(bumped)
    before, after = chart.render(site), chart.render(site, chart=chart_copy)
    assert restarted(before, after) == set()
    for name in WORKLOADS:
        old, new = before.get("Deployment", name), after.get("Deployment", name)
        assert old["spec"] == new["spec"]
        assert old["metadata"]["labels"] != new["metadata"]["labels"]
        # A label cannot hold the plus sign of a version.
        assert new["metadata"]["labels"]["helm.sh/chart"] == "carrel-7.1.0_build.5"
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy", "AuthorizationPolicy"):
        assert [each["spec"] for each in before.kind(kind)] == [
            each["spec"] for each in after.kind(kind)
        ]


def test_two_renders_are_the_same_to_the_byte(chart: "Chart", site: str, tmp_path: Path) -> None:
    again = chart.afresh(tmp_path)
    assert again.render(site).text == chart.render(site).text
