"""_lib/notebooks.tpl: what every pod has that the form makes."""

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from carrel.k8s.pod_security import violations

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAMES = {"name": "mine", "namespace": "team", "serviceAccount": "default-editor", "creator": "ada"}


def notebook(manifest: "Manifest") -> Any:
    """A Notebook as the web app starts it: Python's `format`, then PyYAML."""
    text = manifest.data("jupyter-web-app-notebook-template", "notebook_template.yaml")
    return yaml.safe_load(text.format(**NAMES))


def pod(manifest: "Manifest") -> Any:
    """The pod of such a Notebook."""
    return notebook(manifest)["spec"]["template"]["spec"]


def test_where_only_baseline_is_enforced_the_controller_chooses_the_group(chart: "Chart") -> None:
    # It adds the group to pods that have no security context, and to no others.
    found = pod(chart.render("", {"podSecurity": {"tenants": "baseline"}}))
    assert "securityContext" not in found
    assert "securityContext" not in found["containers"][0]


@pytest.mark.parametrize(
    ("uids", "ids"), [("fixed", {"runAsUser": 1000, "fsGroup": 100}), ("assigned", {})]
)
def test_where_restricted_is_enforced_notebooks_meet_it(
    chart: "Chart", uids: str, ids: dict[str, int]
) -> None:
    found = pod(chart.render("", {"podSecurity": {"tenants": "restricted", "uids": uids}}))
    hardened = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    assert found["securityContext"] == hardened | ids
    assert found["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }


def test_notebooks_log_in_to_the_registry(chart: "Chart") -> None:
    assert "imagePullSecrets" not in pod(chart.render(""))
    found = pod(chart.render("", {"images": {"pullSecrets": ["login", "1e3"]}}))
    assert found["imagePullSecrets"] == [{"name": "login"}, {"name": "1e3"}]


@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_the_namespaces_of_tenants_enforce_what_the_notebooks_meet(
    chart: "Chart", level: str
) -> None:
    values = {
        "podSecurity": {"tenants": level},
        "tenants": {"team": {"owner": "ada@example.com", "plan": "standard"}},
    }
    labels = chart.render("", values, scope="tenants").get("Namespace", "team")["metadata"]
    assert labels["labels"]["pod-security.kubernetes.io/enforce"] == level
    assert ("securityContext" in pod(chart.render("", values))) == (level == "restricted")


def site(level: str, **template: Any) -> dict[str, Any]:
    return {"podSecurity": {"tenants": level}, "notebooks": {"podTemplate": template}}


@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_notebooks_get_what_the_form_cannot_say(chart: "Chart", level: str) -> None:
    # Braces are what Python's `format` would stumble over.
    tolerations = [{"key": "gpu", "operator": "Exists"}, {"key": "{x}", "effect": "NoSchedule"}]
    wanted = site(
        level,
        labels={"team.example/quota": "counted", "zeta": "1e3"},
        nodeSelector={"pool": "desks"},
        tolerations=tolerations,
        priorityClassName="desks",
    )
    made = notebook(chart.render("", wanted))
    assert made["metadata"]["labels"] == {
        "app": "mine",
        "team.example/quota": "counted",
        "zeta": "1e3",
    }
    found = made["spec"]["template"]["spec"]
    assert found["nodeSelector"] == {"pool": "desks"}
    assert found["tolerations"] == tolerations
    assert found["priorityClassName"] == "desks"
    assert list(violations(found, "restricted" if level == "restricted" else "baseline")) == []


def test_without_a_sites_doing_the_form_decides_alone(chart: "Chart") -> None:
    found = pod(chart.render(""))
    # The form appends to the list, which therefore has to be one.
    assert found["tolerations"] == []
    assert not {"nodeSelector", "priorityClassName"} & found.keys()


@pytest.mark.parametrize(
    ("level", "uids", "expected"),
    [
        ("baseline", "fixed", {"fsGroup": 100}),
        ("baseline", "assigned", {}),
        (
            "restricted",
            "fixed",
            {
                "fsGroup": 100,
                "runAsUser": 1000,
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        ),
    ],
)
def test_a_sites_users_and_groups_are_over_the_levels(
    chart: "Chart", level: str, uids: str, expected: dict[str, Any]
) -> None:
    """A security context of any kind keeps the controller from adding its group."""
    values = site(level, securityContext={"fsGroupChangePolicy": "OnRootMismatch"})
    values["podSecurity"]["uids"] = uids
    found = pod(chart.render("", values))
    assert found["securityContext"] == expected | {"fsGroupChangePolicy": "OnRootMismatch"}
    values = site(level, securityContext={"runAsUser": 4000, "fsGroup": 5000})
    own = pod(chart.render("", values))["securityContext"]
    assert (own["runAsUser"], own["fsGroup"]) == (4000, 5000)
