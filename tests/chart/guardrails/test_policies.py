"""guardrails/{authorizationpolicies,notebooks,rolebindings}.yaml, _lib/guardrails.tpl.

tests/cluster/test_guardrails.py sees them at work.
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

POLICY, BINDING = "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"
NAMES = ["carrel-contributors", "carrel-notebooks", "carrel-viewers"]


def names(manifest: "Manifest", kind: str) -> list[str]:
    return sorted(each["metadata"]["name"] for each in manifest.kind(kind))


def expressions(manifest: "Manifest") -> str:
    spec = manifest.get(POLICY, "carrel-notebooks")["spec"]
    return "\n".join(each["expression"] for each in spec["validations"])


@pytest.mark.parametrize("action", ["Deny", "Warn"])
def test_each_policy_is_bound(chart: "Chart", action: str) -> None:
    manifest = chart.render("", {"guardrails": {"action": action}})
    assert names(manifest, POLICY) == names(manifest, BINDING) == NAMES
    for binding in manifest.kind(BINDING):
        assert binding["spec"]["validationActions"] == [action]
        assert binding["spec"]["policyName"] == binding["metadata"]["name"]


def test_a_site_can_do_without(chart: "Chart") -> None:
    manifest = chart.render("", {"guardrails": {"action": "off"}})
    assert names(manifest, POLICY) == names(manifest, BINDING) == []


def test_images_are_those_of_the_catalogue_as_the_site_names_them(chart: "Chart") -> None:
    """Hidden ones still run, and what is off does not."""
    values = {
        "images": {"registry": "mirror.example"},
        "notebooks": {
            "images": {
                "jupyter-pytorch": {"state": "hidden"},
                "rstudio-tidyverse": {"state": "off"},
            },
        },
    }
    said = expressions(chart.render("", values))
    assert (
        "'mirror.example/ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-pytorch-full:v1.11"
        in said
    )
    assert "rstudio-tidyverse" not in said


def test_whoever_may_type_an_image_may_use_it(chart: "Chart") -> None:
    said = expressions(chart.render("", {"notebooks": {"form": {"customImages": True}}}))
    assert "images" not in said
    assert "variables.unchanged" in said
