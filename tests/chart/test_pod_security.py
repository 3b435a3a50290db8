"""Every pod of the platform meets the Pod Security Standard `restricted` (_lib/pod.tpl)."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

ALLOWED_VOLUMES = {
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"),
    *("persistentVolumeClaim", "projected", "secret"),
}
SAFE_SYSCTLS = {"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range"}
SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def violations(spec: dict[str, Any]) -> Iterator[str]:
    """What level `restricted` forbids in a pod's spec.

    Source: the page "Pod Security Standards" of the Kubernetes documentation.
    """
    pod = spec.get("securityContext", {})
    for key in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(key):
            yield key
    for volume in spec.get("volumes", []):
        for source in set(volume) - {"name"} - ALLOWED_VOLUMES:
            yield f"volume {source}"
    for sysctl in pod.get("sysctls", []):
        if sysctl["name"] not in SAFE_SYSCTLS:
            yield f"sysctl {sysctl['name']}"
    yield from _context(pod, {})
    containers = [
        container
        for group in ("initContainers", "containers", "ephemeralContainers")
        for container in spec.get(group, [])
    ]
    for container in containers:
        own = container.get("securityContext", {})
        for fault in (*_container(own), *_context(own, pod)):
            yield f"{container['name']}: {fault}"
        if any(port.get("hostPort") for port in container.get("ports", [])):
            yield f"{container['name']}: hostPort"
        both = {**pod, **own}
        if both.get("runAsNonRoot") is not True:
            yield f"{container['name']}: may be root"
        if both.get("seccompProfile", {}).get("type") not in ("RuntimeDefault", "Localhost"):
            yield f"{container['name']}: no seccomp profile"


def _context(own: dict[str, Any], above: dict[str, Any]) -> Iterator[str]:
    """What holds for the contexts of pods and of containers."""
    if own.get("runAsUser", above.get("runAsUser")) == 0:
        yield "runs as root"
    options = own.get("seLinuxOptions", {})
    if options.get("type", "") not in SELINUX_TYPES or {"user", "role"} & set(options):
        yield "SELinux"
    if own.get("appArmorProfile", {}).get("type", "RuntimeDefault") == "Unconfined":
        yield "AppArmor"
    if own.get("seccompProfile", {}).get("type") == "Unconfined":
        yield "seccomp"
    if own.get("windowsOptions", {}).get("hostProcess"):
        yield "host process"


def _container(own: dict[str, Any]) -> Iterator[str]:
    if own.get("privileged"):
        yield "privileged"
    if own.get("allowPrivilegeEscalation") is not False:
        yield "privilege escalation"
    if own.get("procMount", "Default") != "Default":
        yield "procMount"
    capabilities = own.get("capabilities", {})
    if "ALL" not in capabilities.get("drop", []):
        yield "capabilities are not dropped"
    if set(capabilities.get("add", [])) - {"NET_BIND_SERVICE"}:
        yield "capabilities are added"


@pytest.fixture
def spec(platforms: dict[str, "Manifest"]) -> dict[str, Any]:
    """A pod that meets the level."""
    return deepcopy(platforms["lab"].pods()["dashboard"]["spec"])


def test_every_pod_is_restricted(platforms: dict[str, "Manifest"], site: str) -> None:
    pods = platforms[site].pods()
    assert len(pods) == 5
    for name, template in pods.items():
        assert list(violations(template["spec"])) == [], name


@pytest.mark.parametrize(
    "values",
    [
        {"podSecurity": {"uids": "assigned"}},
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
    ids=["assigned", "pull-secrets", "contexts"],
)
def test_every_pod_stays_restricted(chart: "Chart", values: dict[str, Any]) -> None:
    for name, template in chart.render("lab", values).pods().items():
        assert list(violations(template["spec"])) == [], name


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "hostNetwork": lambda spec: spec.update(hostNetwork=True),
    "volume hostPath": lambda spec: spec.update(volumes=[{"name": "a", "hostPath": {}}]),
    "dashboard: may be root": lambda spec: [
        spec["securityContext"].pop("runAsNonRoot"),
        spec["containers"][0]["securityContext"].pop("runAsNonRoot"),
    ],
    "dashboard: runs as root": lambda spec: spec["containers"][0]["securityContext"].update(
        runAsUser=0
    ),
    "dashboard: no seccomp profile": lambda spec: spec["securityContext"].pop("seccompProfile"),
    "dashboard: privilege escalation": lambda spec: spec["containers"][0]["securityContext"].pop(
        "allowPrivilegeEscalation"
    ),
    "dashboard: capabilities are not dropped": lambda spec: spec["containers"][0][
        "securityContext"
    ].pop("capabilities"),
    "dashboard: capabilities are added": lambda spec: spec["containers"][0]["securityContext"][
        "capabilities"
    ].update(add=["NET_ADMIN"]),
    "dashboard: privileged": lambda spec: spec["containers"][0]["securityContext"].update(
        privileged=True
    ),
    "dashboard: hostPort": lambda spec: spec["containers"][0]["ports"][0].update(hostPort=80),
    "sysctl kernel.msgmax": lambda spec: spec["securityContext"].update(
        sysctls=[{"name": "kernel.msgmax", "value": "1"}]
    ),
    "SELinux": lambda spec: spec["securityContext"].update(seLinuxOptions={"type": "spc_t"}),
}


@pytest.mark.parametrize("fault", BREAKS)
def test_a_pod_that_is_not_restricted_is_noticed(spec: dict[str, Any], fault: str) -> None:
    assert list(violations(spec)) == []
    BREAKS[fault](spec)
    assert fault in list(violations(spec))


def test_a_cluster_that_assigns_users_is_given_none(chart: "Chart") -> None:
    manifest = chart.render("lab", {"podSecurity": {"uids": "assigned"}})
    ids = {"runAsUser", "runAsGroup", "fsGroup", "supplementalGroups"}
    for template in manifest.pods().values():
        spec = template["spec"]
        contexts = [spec["securityContext"], *(c["securityContext"] for c in spec["containers"])]
        assert not any(ids & set(context) for context in contexts)
        assert all(context["runAsNonRoot"] for context in contexts)


def test_otherwise_programs_run_as_the_users_that_their_images_were_built_for(
    platforms: dict[str, "Manifest"],
) -> None:
    manifest = platforms["lab"]
    users = {
        (workload, container["name"]): container["securityContext"].get("runAsUser")
        for workload, template in manifest.pods().items()
        for container in template["spec"]["containers"]
    }
    assert users == {
        ("notebook-controller-deployment", "manager"): 1000,
        ("jupyter-web-app-deployment", "jupyter-web-app"): 1000,
        ("volumes-web-app-deployment", "volumes-web-app"): 1000,
        ("dashboard", "dashboard"): 1000,
        # Both images name a numeric user of their own.
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
