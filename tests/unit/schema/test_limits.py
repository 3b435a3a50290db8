"""What the API server or a notebook's user would only find out later is refused in the values."""

from collections.abc import Callable

import pytest

from carrel.diagnostics import Diagnostic
from carrel.schema.bundle import Schema

Judge = Callable[..., list[Diagnostic]]

TOLERATION = "notebooks: {{tolerationGroups: {{gpu: {{title: GPU, tolerations: [{}]}}}}}}"
SPREAD = "components: {{dashboard: {{topologySpreadConstraints: [{}]}}}}"
LIMITS = "components: {{dashboard: {{resources: {{limits: {{{}}}}}}}}}"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        (TOLERATION.format("{key: nvidia.com/gpu, operator: Exist}"), "E104"),
        (TOLERATION.format("{key: nvidia.com/gpu, operator: Exists, effect: NoSched}"), "E104"),
        (TOLERATION.format("{key: nvidia.com/gpu, operator: Exists, value: a}"), "E107"),
        (
            SPREAD.format("{maxSkew: 0, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}"),
            "E106",
        ),
        (SPREAD.format("{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: maybe}"), "E104"),
        ("components: {dashboard: {podSecurityContext: {seccompProfile: {type: Run}}}}", "E104"),
        (LIMITS.format("memry: 1Gi"), "E109"),
        (LIMITS.format("CPU: 1"), "E109"),
        ("notebooks: {home: {size: 0Gi}}", "E105"),
        ("notebooks: {shm: {size: 0.0Gi}}", "E105"),
        ('notebooks: {home: {mountPath: "/ home"}}', "E105"),
        ("notebooks: {home: {mountPath: /}}", "E105"),
        ("gateway: {host: foo..example.com}", "E105"),
        ("gateway: {host: foo.-example.com}", "E105"),
        ("mesh: {trustDomain: td..x}", "E105"),
        ("kubernetes: {clusterDomain: a..b}", "E105"),
        ("components: {dashboard: {image: {repository: a//b}}}", "E105"),
        ("components: {dashboard: {image: {repository: a___b}}}", "E105"),
    ],
)
def test_it_is_refused(project_schema: Schema, judge: Judge, values: str, code: str) -> None:
    assert [each.code for each in judge(project_schema, values)] == [code]


@pytest.mark.parametrize(
    "values",
    [
        TOLERATION.format("{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}"),
        TOLERATION.format("{key: gpu, value: a100}, {operator: Exists}"),
        TOLERATION.format('{key: gpu, operator: Exists, value: ""}'),
        SPREAD.format("{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}"),
        LIMITS.format("cpu: 1, memory: 1Gi, ephemeral-storage: 1Gi, hugepages-2Mi: 2Mi"),
        LIMITS.format("example.com/device: 1"),
        "notebooks: {home: {size: 0.5Gi, mountPath: /home/jovyan}}",
        "notebooks: {home: {size: 010Gi}}",
        "components: {dashboard: {image: {repository: a__b/c.d/e--f/g_h}}}",
        "tenants: {team: {owner: o'brien@example.com, plan: standard}}",
    ],
)
def test_what_is_right_is_accepted(project_schema: Schema, judge: Judge, values: str) -> None:
    assert judge(project_schema, values) == []


def test_a_resource_that_is_none_is_told_what_there_is(
    project_schema: Schema, judge: Judge
) -> None:
    (found,) = judge(project_schema, LIMITS.format("memry: 1Gi"))

    assert "cpu, memory, ephemeral-storage, hugepages-<size> or <domain>/<name>" in found.message
    assert found.path == "components.dashboard.resources.limits.memry"
