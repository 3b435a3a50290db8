"""Pods ask for no more than the Pod Security level of their namespace allows."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from carrel.diagnostics import dotted
from carrel.k8s import pod_security
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.pod_security import Level, violations

Render = Callable[..., tuple[RenderedObject, ...]]

RESTRICTED: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "web",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}


def faults(spec: dict[str, Any], level: Level) -> list[str]:
    return [dotted(where) for where, _ in violations(spec, level)]


def with_pod(**fields: Any) -> dict[str, Any]:
    return {**deepcopy(RESTRICTED), **fields}


def with_context(**fields: Any) -> dict[str, Any]:
    spec = deepcopy(RESTRICTED)
    spec["securityContext"] |= fields
    return spec


def with_container(**fields: Any) -> dict[str, Any]:
    spec = deepcopy(RESTRICTED)
    spec["containers"][0] |= fields
    return spec


def with_own_context(**fields: Any) -> dict[str, Any]:
    spec = deepcopy(RESTRICTED)
    spec["containers"][0]["securityContext"] |= fields
    return spec


OWN = "containers[0].securityContext"

BY_BASELINE: dict[str, dict[str, Any]] = {
    "hostNetwork": with_pod(hostNetwork=True),
    "hostPID": with_pod(hostPID=True),
    "hostIPC": with_pod(hostIPC=True),
    "volumes[0].hostPath": with_pod(volumes=[{"name": "a", "hostPath": {"path": "/"}}]),
    "securityContext.sysctls[0].name": with_context(sysctls=[{"name": "kernel.msgmax"}]),
    "securityContext.seLinuxOptions.type": with_context(seLinuxOptions={"type": "spc_t"}),
    "securityContext.seLinuxOptions.user": with_context(seLinuxOptions={"user": "a"}),
    f"{OWN}.seLinuxOptions.role": with_own_context(seLinuxOptions={"role": "a"}),
    "securityContext.windowsOptions.hostProcess": with_context(
        windowsOptions={"hostProcess": True}
    ),
    f"{OWN}.appArmorProfile.type": with_own_context(appArmorProfile={"type": "Unconfined"}),
    f"{OWN}.seccompProfile.type": with_own_context(seccompProfile={"type": "Unconfined"}),
    f"{OWN}.privileged": with_own_context(privileged=True),
    f"{OWN}.procMount": with_own_context(procMount="Unmasked"),
    f"{OWN}.capabilities.add": with_own_context(
        capabilities={"add": ["NET_ADMIN"], "drop": ["ALL"]}
    ),
    "containers[0].ports[0].hostPort": with_container(ports=[{"hostPort": 80}]),
    "containers[0].readinessProbe.httpGet.host": with_container(
        readinessProbe={"httpGet": {"host": "10.0.0.1"}}
    ),
    "containers[0].lifecycle.preStop.tcpSocket.host": with_container(
        lifecycle={"preStop": {"tcpSocket": {"host": "10.0.0.1"}}}
    ),
}

BY_RESTRICTED: dict[str, dict[str, Any]] = {
    "volumes[0].nfs": with_pod(volumes=[{"name": "a", "nfs": {}}]),
    "securityContext.runAsUser": with_context(runAsUser=0),
    "securityContext.runAsNonRoot": with_context(runAsNonRoot=False),
    f"{OWN}.runAsUser": with_own_context(runAsUser=0),
    f"{OWN}.runAsNonRoot": with_context(runAsNonRoot=None),
    f"{OWN}.seccompProfile.type": with_context(seccompProfile=None),
    f"{OWN}.allowPrivilegeEscalation": with_own_context(allowPrivilegeEscalation=None),
    f"{OWN}.capabilities.drop": with_own_context(capabilities={"drop": ["NET_RAW"]}),
    f"{OWN}.capabilities.add": with_own_context(capabilities={"add": ["CHOWN"], "drop": ["ALL"]}),
}


@pytest.mark.parametrize(("where", "spec"), BY_BASELINE.items(), ids=BY_BASELINE.keys())
@pytest.mark.parametrize("level", ["baseline", "restricted"])
def test_what_both_levels_forbid(where: str, spec: dict[str, Any], level: Level) -> None:
    assert faults(spec, level) == [where]


@pytest.mark.parametrize(("where", "spec"), BY_RESTRICTED.items(), ids=BY_RESTRICTED.keys())
def test_what_restricted_alone_forbids(where: str, spec: dict[str, Any]) -> None:
    assert faults(spec, "restricted") == [where]
    assert faults(spec, "baseline") == []


@pytest.mark.parametrize(
    "spec",
    [
        RESTRICTED,
        with_own_context(capabilities={"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]}),
        with_own_context(runAsUser=1000, seccompProfile={"type": "Localhost"}),
        with_pod(volumes=[{"name": "a", "emptyDir": {}}, {"name": "b", "image": {}}]),
        with_context(sysctls=[{"name": "net.ipv4.tcp_syncookies", "value": "1"}]),
        {**with_context(runAsUser=0, runAsNonRoot=False), "hostUsers": False},
        {**with_pod(containers=[{"name": "a"}]), "os": {"name": "windows"}},
    ],
)
def test_what_restricted_allows(spec: dict[str, Any]) -> None:
    assert faults(spec, "restricted") == []


def test_baseline_allows_a_pod_with_users_of_its_own_to_see_proc() -> None:
    spec = {**with_own_context(procMount="Unmasked"), "hostUsers": False}

    assert faults(spec, "baseline") == []
    assert faults(spec, "restricted") == [f"{OWN}.procMount"]


def test_every_container_counts() -> None:
    spec = with_pod(initContainers=[{"name": "a"}], ephemeralContainers=[{"name": "b"}])

    assert {where.partition("[")[0] for where in faults(spec, "restricted")} == {
        "initContainers",
        "ephemeralContainers",
    }


POD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: desks}
spec: {hostNetwork: true, containers: [{name: web}]}
"""


@pytest.mark.parametrize(
    ("labels", "source", "count"),
    [
        ("{pod-security.kubernetes.io/enforce: restricted}", "templates/extra-objects.yaml", 5),
        ("{pod-security.kubernetes.io/enforce: baseline}", "templates/extra-objects.yaml", 1),
        ("{pod-security.kubernetes.io/enforce: privileged}", "templates/extra-objects.yaml", 0),
        ("{}", "templates/extra-objects.yaml", 0),
        # Whatever is ours is restricted wherever it runs.
        ("{}", "templates/web/pod.yaml", 5),
    ],
)
def test_the_namespace_decides_on_a_sites_own_pods(
    render: Render, places: Places, labels: str, source: str, count: int
) -> None:
    namespace = f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: desks, labels: {labels}}}"
    objects = (*render(namespace), *render(POD, source=source))

    found = list(pod_security.check(objects, places))

    assert [each.code for each in found] == ["E440"] * count


def test_a_namespace_that_is_not_rendered_decides_nothing(render: Render, places: Places) -> None:
    objects = render(POD, source="templates/extra-objects.yaml")

    assert not list(pod_security.check(objects, places))
