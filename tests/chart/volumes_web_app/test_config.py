"""volumes-web-app/config.yaml and _lib/viewers.tpl: what a viewer of a volume is made from."""

from string import Template
from typing import TYPE_CHECKING, Any

import pytest

from carrel.k8s.pod_security import violations

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NAME = "volumes-web-app-deployment"


def viewer(**values: Any) -> dict[str, Any]:
    return {"components": {"volumesWebApp": {"config": {"viewer": values}}}}


def spec(manifest: "Manifest") -> Any:
    """The spec of the PVCViewer that the app makes of volume `data` in namespace `team`.

    As crud-web-apps/volumes/backend/apps/common/viewer.py makes it: read, then filled in.
    """
    text = {
        key: value for key, value in manifest.environment(NAME).items() if isinstance(value, str)
    }
    names = text | {"NAME": "data", "PVC_NAME": "data", "NAMESPACE": "team"}
    return filled_in(manifest.yaml("volumes-web-app-viewer-spec", "viewer-spec.yaml"), names)


def filled_in(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled_in(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled_in(each, names) for each in value]
    return Template(value).substitute(names) if isinstance(value, str) else value


def test_a_viewer_is_of_the_volume_that_was_asked_for(chart: "Chart") -> None:
    made = spec(chart.render("lab"))
    assert made["pvc"] == "data"
    claims = [each["persistentVolumeClaim"] for each in made["podSpec"]["volumes"][:1]]
    assert claims == [{"claimName": "data"}]
    (container,) = made["podSpec"]["containers"]
    assert container["image"] == "docker.io/filebrowser/filebrowser:v2.32.0"
    told = {each["name"]: each["value"] for each in container["env"]}
    assert told["FB_BASEURL"] == "/pvcviewers/team/data/"
    assert made["networking"]["basePrefix"] == "/pvcviewers"
    assert str(made["networking"]["targetPort"]) == told["FB_PORT"]


@pytest.mark.parametrize("uids", ["fixed", "assigned"])
def test_a_viewer_is_restricted_and_fits_a_quota(chart: "Chart", uids: str) -> None:
    """Trap: upstream's viewers have no resources and may be root."""
    pod = spec(chart.render("lab", {"podSecurity": {"uids": uids}}))["podSpec"]
    assert list(violations(pod, "restricted")) == []
    (container,) = pod["containers"]
    for kind in ("requests", "limits"):
        assert set(container["resources"][kind]) == {"cpu", "memory"}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert {"/srv", "/tmp"} == {each["mountPath"] for each in container["volumeMounts"]}  # noqa: S108
    assert ("runAsUser" in pod["securityContext"]) is (uids == "fixed")


def test_whoever_opens_a_viewer_gets_no_token_of_the_cluster(chart: "Chart") -> None:
    assert spec(chart.render("lab"))["podSpec"]["automountServiceAccountToken"] is False


def test_a_dollar_sign_that_the_app_cannot_fill_in_is_refused(chart: "Chart") -> None:
    """Trap: one unknown name behind a dollar sign, and every viewer answers 500."""
    for text in ("$HOME", "${HOME}", "$", "costs 5$", "$$", "${NAME"):
        assert "viewer" in chart.refusal("lab", viewer(extraEnv={"FB_ROOT": text}))


def test_variables_of_a_sites_own_are_filled_in(chart: "Chart") -> None:
    env = {"FB_BRANDING_NAME": "${PVC_NAME} of ${NAMESPACE}", "FB_NOAUTH": "false"}
    (container,) = spec(chart.render("lab", viewer(extraEnv=env)))["podSpec"]["containers"]
    told = {each["name"]: each["value"] for each in container["env"]}
    assert told["FB_BRANDING_NAME"] == "data of team"
    assert told["FB_NOAUTH"] == "false"


def test_a_new_spec_is_read_without_a_restart(chart: "Chart") -> None:
    """Trap: a file that is mounted by itself keeps its content."""
    mounts = chart.render("lab").container(NAME)["volumeMounts"]
    assert mounts[0] == {"name": "viewer-spec", "mountPath": "/etc/config"}
    before, after = chart.render("lab"), chart.render("lab", viewer(timeoutSeconds=60))
    assert before.pods()[NAME] == after.pods()[NAME]
    assert spec(after)["networking"]["timeout"] == "60s"


def test_the_sites_security_contexts_and_resources_are_merged_over(chart: "Chart") -> None:
    values = viewer(
        podSecurityContext={"fsGroup": 2000},
        containerSecurityContext={"readOnlyRootFilesystem": False},
        resources={"requests": {"cpu": "1"}},
    )
    pod = spec(chart.render("lab", values))["podSpec"]
    assert pod["securityContext"]["fsGroup"] == 2000
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is False
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["resources"]["requests"] == {"cpu": "1", "memory": "64Mi"}
