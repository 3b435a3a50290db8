"""No list has two entries that are one for the API server."""

from collections.abc import Callable

import pytest

from carrel.k8s import repeated_entries
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places

Render = Callable[..., tuple[RenderedObject, ...]]

CRON_JOB = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: web, namespace: kubeflow}
spec: {jobTemplate: {spec: {template: {spec: {volumes: [{name: a}, {name: a}]}}}}}
"""


def named(api_version: str, kind: str, rest: str) -> str:
    return (
        f"apiVersion: {api_version}\nkind: {kind}\n"
        f"metadata: {{name: web, namespace: kubeflow}}\n{rest}"
    )


def pod(spec: str) -> str:
    return named("apps/v1", "Deployment", f"spec: {{template: {{spec: {{{spec}}}}}}}")


def container(fields: str) -> str:
    return pod(f"containers: [{{name: web, {fields}}}]")


def service(*ports: str) -> str:
    return named("v1", "Service", f"spec: {{ports: [{', '.join(ports)}]}}")


def admission(kind: str, rest: str) -> str:
    return named("admissionregistration.k8s.io/v1", kind, rest)


def spread(*fields: str) -> str:
    return pod(f"topologySpreadConstraints: [{', '.join(fields)}]")


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (pod("volumes: [{name: a}, {name: a}]"), "volumes[1].name: a"),
        (CRON_JOB, "jobTemplate.spec.template.spec.volumes[1].name: a"),
        (
            pod("containers: [{name: a}], initContainers: [{name: a}]"),
            "containers[0].name: a",
        ),
        (pod("imagePullSecrets: [{name: a}, {name: a}]"), "imagePullSecrets[1].name: a"),
        (pod("hostAliases: [{ip: 10.0.0.1}, {ip: 10.0.0.1}]"), "hostAliases[1].ip: 10.0.0.1"),
        (
            spread(
                "{topologyKey: a, whenUnsatisfiable: ScheduleAnyway, maxSkew: 1}",
                "{topologyKey: a, whenUnsatisfiable: ScheduleAnyway, maxSkew: 2}",
            ),
            "topologySpreadConstraints[1].topologyKey: a with whenUnsatisfiable ScheduleAnyway",
        ),
        (container("env: [{name: A}, {name: B}, {name: A}]"), "containers[0].env[2].name: A"),
        (
            container("ports: [{containerPort: 80}, {containerPort: 80, protocol: TCP}]"),
            "ports[1].containerPort: 80 with protocol TCP",
        ),
        (
            container("ports: [{containerPort: 80, name: a}, {containerPort: 81, name: a}]"),
            "ports[1].name: a",
        ),
        (
            container("resources: {claims: [{name: a}, {name: a}]}"),
            "containers[0].resources.claims[1].name: a",
        ),
        (
            container("volumeDevices: [{devicePath: /a}, {devicePath: /a}]"),
            "volumeDevices[1].devicePath: /a",
        ),
        (
            container("volumeMounts: [{mountPath: /a}, {mountPath: /a}]"),
            "volumeMounts[1].mountPath: /a",
        ),
        (service("{port: 80, name: a}", "{port: 80, name: b}"), "spec.ports[1].port: 80"),
        (service("{port: 80, name: a}", "{port: 81, name: a}"), "spec.ports[1].name: a"),
        (named("v1", "ServiceAccount", "secrets: [{name: a}, {name: a}]"), "secrets[1].name: a"),
        (
            admission("MutatingWebhookConfiguration", "webhooks: [{name: a}, {name: a}]"),
            "webhooks[1].name: a",
        ),
        (
            admission(
                "ValidatingWebhookConfiguration",
                "webhooks: [{name: a, matchConditions: [{name: b}, {name: b}]}]",
            ),
            "webhooks[0].matchConditions[1].name: b",
        ),
        (
            admission("ValidatingAdmissionPolicy", "spec: {variables: [{name: a}, {name: a}]}"),
            "spec.variables[1].name: a",
        ),
    ],
)
def test_an_entry_that_is_there_twice_is_named(
    render: Render, places: Places, document: str, where: str
) -> None:
    (found,) = repeated_entries.check(render(document), places)

    assert found.code == "E413"
    assert f"{where} is there already" in found.message


@pytest.mark.parametrize(
    "document",
    [
        container("env: [{name: A}, {name: a}]"),
        container("ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]"),
        container("ports: [{containerPort: 53}, {containerPort: 54}]"),
        pod("containers: [{name: a, env: [{name: A}]}, {name: b, env: [{name: A}]}]"),
        service("{port: 53, name: a}", "{port: 53, protocol: UDP, name: b}"),
        spread(
            "{topologyKey: a, whenUnsatisfiable: ScheduleAnyway}",
            "{topologyKey: a, whenUnsatisfiable: DoNotSchedule}",
        ),
        # That the key is missing, its schema says.
        pod("volumes: [{}, {}]"),
        named("v1", "ConfigMap", "spec: {ports: [{port: 80}, {port: 80}]}"),
    ],
)
def test_what_is_different_in_any_part_passes(
    render: Render, places: Places, document: str
) -> None:
    assert not list(repeated_entries.check(render(document), places))
