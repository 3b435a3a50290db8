"""_lib/notebooks.tpl: what every pod has that the form makes."""

from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAMES = {"name": "mine", "namespace": "team", "serviceAccount": "default-editor", "creator": "ada"}


def pod(manifest: "Manifest") -> Any:
    """The pod of a Notebook as the web app starts it: Python's `format`, then PyYAML."""
    text = manifest.data("jupyter-web-app-notebook-template", "notebook_template.yaml")
    return yaml.safe_load(text.format(**NAMES))["spec"]["template"]["spec"]


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
