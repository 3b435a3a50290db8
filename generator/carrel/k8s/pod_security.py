"""Pods, and the Pod Security level of their namespace.

A Deployment that breaks the level is accepted, and then none of its pods is ever made.
Source of all rules: k8s.io/pod-security-admission/policy of Kubernetes 1.37. What it allows in some
supported version only is not reported.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import Fields, descend, labels, mapping, mappings, strings, text
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.workloads import CONTAINERS, pod_templates

Level: TypeAlias = Literal["baseline", "restricted"]
Violation: TypeAlias = tuple[Path, str]
"""A field of a pod's spec, and what it has to be."""

ENFORCE = "pod-security.kubernetes.io/enforce"
"""The label of a namespace that names its level."""

_LEVELS: Mapping[str, Level] = {"baseline": "baseline", "restricted": "restricted"}

_VOLUMES = frozenset(
    {
        *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"),
        *("image", "persistentVolumeClaim", "projected", "secret"),
    }
)
_CAPABILITIES: Mapping[Level, frozenset[str]] = {
    "baseline": frozenset(
        {
            *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD"),
            *("NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
        }
    ),
    "restricted": frozenset({"NET_BIND_SERVICE"}),
}
_SYSCTLS = frozenset({"kernel.shm_rmid_forced"}) | {
    f"net.ipv4.{name}"
    for name in (
        *("ip_local_port_range", "ip_local_reserved_ports", "ip_unprivileged_port_start"),
        *("ping_group_range", "tcp_fin_timeout", "tcp_keepalive_intvl", "tcp_keepalive_probes"),
        *("tcp_keepalive_time", "tcp_notsent_lowat", "tcp_rmem", "tcp_slow_start_after_idle"),
        *("tcp_syncookies", "tcp_wmem"),
    )
}
_SELINUX_TYPES = frozenset(
    {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}
)
_PROFILES = ("RuntimeDefault", "Localhost")
_HANDLERS = (
    *(("livenessProbe",), ("readinessProbe",), ("startupProbe",)),
    *(("lifecycle", "postStart"), ("lifecycle", "preStop")),
)
_CONTEXT = "securityContext"
_FALSE = "must be false or left out"


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with the security of pods.

    E440: a pod asks for more than the level of its namespace allows. Whatever is ours meets
    `restricted` wherever it runs; a site's own objects meet the level of a rendered namespace.
    """
    objects = tuple(objects)
    levels = {
        rendered.name: _LEVELS.get(_enforced(rendered))
        for rendered in objects
        if (rendered.group, rendered.kind) == ("", "Namespace")
    }
    for template in pod_templates(objects):
        namespace = template.namespace
        level = levels.get(namespace) if template.owner.is_extra else "restricted"
        for where, message in violations(template.spec, level) if level else ():
            why = f"Pod Security level {level} of namespace {namespace}"
            here: Path = (*template.where, "spec", *where)
            yield places.report("E440", template.owner, here, message, why)


def _enforced(namespace: RenderedObject) -> str:
    return labels(descend(namespace.body, "metadata", "labels")).get(ENFORCE, "")


def violations(spec: Fields, level: Level) -> Iterator[Violation]:
    """What a level forbids in a pod's spec."""
    pod = mapping(spec.get(_CONTEXT))
    yield from _of_pod(spec, level)
    yield from _of_context((_CONTEXT,), pod)
    containers = [
        ((group, position), container, mapping(container.get(_CONTEXT)))
        for group in CONTAINERS
        for position, container in mappings(spec.get(group))
    ]
    for where, container, own in containers:
        yield from _of_container(where, container, own, level)
        yield from _of_context((*where, _CONTEXT), own)
    # A pod with user IDs of its own is root nowhere else.
    shares_users = spec.get("hostUsers") is not False
    if level == "restricted" or shares_users:
        for where, _, own in containers:
            if own.get("procMount", "Default") != "Default":
                yield (*where, _CONTEXT, "procMount"), "must be Default or left out"
    if level == "restricted":
        if shares_users:
            contexts = (((*where, _CONTEXT), own) for where, _, own in containers)
            yield from _users(pod, contexts)
        if descend(spec, "os").get("name") != "windows":
            for where, _, own in containers:
                yield from _hardening((*where, _CONTEXT), own, pod)


def _of_pod(spec: Fields, level: Level) -> Iterator[Violation]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            yield (field,), _FALSE
    for position, volume in mappings(spec.get("volumes")):
        for source in sorted(volume.keys() - {"name"} - _VOLUMES):
            if level == "restricted" or source == "hostPath":
                yield ("volumes", position, source), "must be a volume of another kind"
    for position, sysctl in mappings(descend(spec, _CONTEXT).get("sysctls")):
        if text(sysctl.get("name")) not in _SYSCTLS:
            yield (_CONTEXT, "sysctls", position, "name"), "must be a safe sysctl"


def _of_context(here: Path, own: Fields) -> Iterator[Violation]:
    """What holds for the contexts of pods and of containers alike."""
    options = mapping(own.get("seLinuxOptions"))
    if text(options.get("type")) not in _SELINUX_TYPES:
        yield (*here, "seLinuxOptions", "type"), "must be a type for containers"
    for field in ("user", "role"):
        if options.get(field):
            yield (*here, "seLinuxOptions", field), "must be left out"
    for field in ("appArmorProfile", "seccompProfile"):
        profile = mapping(own.get(field))
        if profile and profile.get("type") not in _PROFILES:
            yield (*here, field, "type"), f"must be {' or '.join(_PROFILES)}"
    if mapping(own.get("windowsOptions")).get("hostProcess"):
        yield (*here, "windowsOptions", "hostProcess"), _FALSE


def _of_container(here: Path, container: Fields, own: Fields, level: Level) -> Iterator[Violation]:
    if own.get("privileged"):
        yield (*here, _CONTEXT, "privileged"), _FALSE
    for capability in strings(mapping(own.get("capabilities")).get("add")):
        if capability not in _CAPABILITIES[level]:
            where: Path = (*here, _CONTEXT, "capabilities", "add")
            yield where, f"must not hold {capability}"
    for position, port in mappings(container.get("ports")):
        if port.get("hostPort"):
            yield (*here, "ports", position, "hostPort"), "must be left out"
    for handler in _HANDLERS:
        for action in ("httpGet", "tcpSocket"):
            if text(descend(container, *handler, action).get("host")):
                yield (*here, *handler, action, "host"), "must be left out"


def _users(pod: Fields, contexts: Iterable[tuple[Path, Fields]]) -> Iterator[Violation]:
    """Nothing runs as root."""
    every = [((_CONTEXT,), pod), *contexts]
    for where, own in every:
        if own.get("runAsUser") == 0:
            yield (*where, "runAsUser"), "must not be 0, which is root"
        if own.get("runAsNonRoot") is False:
            yield (*where, "runAsNonRoot"), "must be true"
    for where, own in every[1:]:
        if own.get("runAsNonRoot") is None and pod.get("runAsNonRoot") is None:
            yield (*where, "runAsNonRoot"), "must be true, here or for the whole pod"


def _hardening(here: Path, own: Fields, pod: Fields) -> Iterator[Violation]:
    """What a container has to say, by itself or through its pod."""
    if own.get("allowPrivilegeEscalation") is not False:
        yield (*here, "allowPrivilegeEscalation"), "must be false"
    if "ALL" not in strings(mapping(own.get("capabilities")).get("drop")):
        yield (*here, "capabilities", "drop"), "must hold ALL"
    if not (own.get("seccompProfile") or pod.get("seccompProfile")):
        wanted = " or ".join(_PROFILES)
        yield (*here, "seccompProfile", "type"), f"must be {wanted}, here or for the whole pod"
