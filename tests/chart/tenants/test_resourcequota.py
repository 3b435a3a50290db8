"""tenants/{resourcequota,limitrange}.yaml and _lib/quantities.tpl: what a tenant may take."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.chart.conftest import Manifest

    Teams = Callable[..., Manifest]

TEAM = {"owner": "ada@example.com", "plan": "standard"}


def plan(**values: Any) -> dict[str, Any]:
    return {"plans": {"standard": values}}


def quota(manifest: "Manifest", tenant: str = "team") -> dict[str, str]:
    found: dict[str, str] = manifest.get("ResourceQuota", "tenant", tenant)["spec"]["hard"]
    return found


def limits(manifest: "Manifest", tenant: str = "team") -> Any:
    (found,) = manifest.get("LimitRange", "tenant", tenant)["spec"]["limits"]
    assert found["type"] == "Container"
    return found


def cpu(amount: str) -> float:
    return float(amount.removesuffix("m")) / (1000 if amount.endswith("m") else 1)


def gibibytes(amount: str) -> float:
    for power, suffix in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi"), start=1):
        if amount.endswith(suffix):
            return float(amount.removesuffix(suffix)) * 1024.0 ** (power - 3)
    return float(amount) / 1024**3


def test_every_row_is_text(teams: "Teams") -> None:
    rows = {"cpu": 100000, "memory": "1024Gi", "storage": "0.5Gi", "notebooks": 0, "volumes": 99999}
    assert quota(teams({"team": TEAM}, values=plan(quota=rows))) == {
        "requests.cpu": "100k",
        "requests.memory": "1Ti",
        "requests.storage": "512Mi",
        "persistentvolumeclaims": "99999",
        "count/notebooks.kubeflow.org": "0",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
        "requests.nvidia.com/gpu": "0",
    }


@pytest.mark.parametrize(
    ("amount", "stored"),
    [
        ("4096Gi", "4Ti"),
        ("1000Gi", "1000Gi"),
        ("0.25Gi", "256Mi"),
        ("0.125Gi", "128Mi"),
        ("4.8Gi", "5153960756"),
        ("0.0Gi", "0"),
    ],
)
def test_bytes_are_written_as_the_server_stores_them(
    teams: "Teams", amount: str, stored: str
) -> None:
    """Part of a byte counts as one, so that nothing that the form offers is above the maximum."""
    rows = {"cpu": 1, "memory": amount, "storage": "1Gi", "notebooks": 0, "volumes": 1}
    found = quota(teams({"team": TEAM}, values=plan(quota=rows)))
    assert found["requests.memory"] == stored


@pytest.mark.parametrize(
    ("amount", "stored"), [(0.1, "100m"), (1.25, "1250m"), (16, "16"), (2000, "2k"), (0, "0")]
)
def test_cores_are_written_as_the_server_stores_them(
    teams: "Teams", amount: float, stored: str
) -> None:
    rows = {"cpu": amount, "memory": "1Gi", "storage": "1Gi", "notebooks": 0, "volumes": 1}
    found = quota(teams({"team": TEAM}, values=plan(quota=rows)))
    assert found["requests.cpu"] == stored


def test_gpus_are_counted_by_requests_since_limits_count_nothing(
    tenants: dict[str, "Manifest"],
) -> None:
    assert quota(tenants["vault"], "rates")["requests.nvidia.com/gpu"] == "8"
    for manifest in tenants.values():
        for each in manifest.kind("ResourceQuota"):
            assert not [row for row in each["spec"]["hard"] if row.startswith("limits.")]


def test_every_kind_of_gpu_that_anyone_may_have_has_a_row_for_everyone(teams: "Teams") -> None:
    """A resource without a row is without a limit."""
    gpus = {"nvidia.com/mig-1g.10gb": 7, "amd.com/gpu": 2}
    gold = {
        "quota": {
            **{"cpu": 1, "memory": "1Gi", "storage": "1Gi", "notebooks": 1, "volumes": 1},
            "gpus": gpus,
        },
        "largestSize": "small",
        "requestsWhenUnset": {"cpu": 0.1, "memory": "0.1Gi"},
    }
    image = {"registry": "r", "repository": "gaudi", "tag": "1"}
    offered = {"gaudi": {"type": "jupyter", "image": image, "gpu": "gaudi"}}
    values = {"plans": {"gold": gold}, "notebooks": {"images": offered}}
    manifest = teams({"rich": TEAM | {"plan": "gold"}, "poor": TEAM}, values=values)
    rows = {
        name: {row: count for row, count in quota(manifest, name).items() if "/" in row[9:]}
        for name in ("rich", "poor")
    }
    known = {
        "requests.amd.com/gpu",
        "requests.habana.ai/gaudi",
        "requests.nvidia.com/gpu",
        "requests.nvidia.com/mig-1g.10gb",
    }
    for found in rows.values():
        assert {row for row in found if row.startswith("requests.")} == known
    assert rows["rich"]["requests.nvidia.com/mig-1g.10gb"] == "7"
    assert rows["rich"]["requests.amd.com/gpu"] == "2"
    assert rows["rich"]["requests.nvidia.com/gpu"] == "0"
    assert {row: rows["poor"][row] for row in known} == dict.fromkeys(known, "0")


def test_hiding_the_images_for_a_gpu_lifts_no_limit(teams: "Teams") -> None:
    names = ("jupyter-pytorch-cuda", "jupyter-tensorflow-cuda")
    for state, rows in (("hidden", ["requests.nvidia.com/gpu"]), ("off", [])):
        images = {name: {"state": state} for name in names}
        found = quota(teams({"team": TEAM}, values={"notebooks": {"images": images}}))
        assert [row for row in found if "nvidia" in row] == rows


def test_lab_has_no_gpu_and_no_row_for_one(tenants: dict[str, "Manifest"]) -> None:
    assert not [row for row in quota(tenants["lab"], "user") if "gpu" in row]


def test_containers_without_requests_are_given_some(teams: "Teams") -> None:
    unset = {"cpu": 0.25, "memory": "0.5Gi"}
    found = limits(teams({"team": TEAM}, values=plan(requestsWhenUnset=unset)))
    assert found["defaultRequest"] == {"cpu": "250m", "memory": "512Mi"}


def test_no_container_exceeds_the_largest_size_with_its_factor(teams: "Teams") -> None:
    sizes = {"large": {"cpu": 8, "memory": "32Gi"}}
    factor = {"cpu": 1.5, "memory": 2}
    notebooks = {"sizes": sizes, "limitFactor": factor}
    found = limits(teams({"team": TEAM}, values={"notebooks": notebooks}))
    assert found["max"] == found["default"] == {"cpu": "12", "memory": "64Gi"}


@pytest.mark.parametrize(
    ("size", "factor"), [(0.3, 1.5), (0.5, 1.3), (1.25, 1.1), (4.25, 1.1), (2.15, 1), (7.1, 1.333)]
)
def test_the_forms_limit_of_the_largest_size_is_allowed(
    teams: "Teams", size: float, factor: float
) -> None:
    """The form and its program round limits to one decimal, which may be up."""
    notebooks = {
        "sizes": {"large": {"cpu": size, "memory": f"{size}Gi"}},
        "limitFactor": {"cpu": factor, "memory": factor},
        "shm": {"size": "0.1Gi"},
    }
    sidecar = {"cpuLimit": 0.1, "memoryLimit": "0.1Gi"}
    values = {"notebooks": notebooks, "mesh": {"sidecar": sidecar}}
    found = limits(teams({"team": TEAM}, values=values))["max"]
    assert cpu(found["cpu"]) >= max(size * factor - 0.001, round(size * factor, 1))
    assert gibibytes(found["memory"]) >= max(size * factor - 0.001, round(size * factor, 1))


def test_with_a_factor_of_none_the_largest_size_is_the_limit(teams: "Teams") -> None:
    """The form asks for none then, and there is one all the same, as the reference says."""
    notebooks = {"limitFactor": {"cpu": "none", "memory": "none"}}
    found = limits(teams({"team": TEAM}, values={"notebooks": notebooks}))
    assert found["max"] == found["default"] == {"cpu": "8", "memory": "32Gi"}


@pytest.mark.parametrize(
    ("size", "sidecar"),
    [
        ({"cpu": 0.1, "memory": "0.1Gi"}, {"cpuLimit": 2, "memoryLimit": "1Gi"}),
        ({"cpu": 1, "memory": "8Gi"}, {"cpuLimit": 4, "memoryLimit": "9.5Gi"}),
        ({"cpu": 4, "memory": "2Gi"}, {"cpuLimit": 0.1, "memoryLimit": "16Gi"}),
    ],
)
def test_the_maximum_is_never_below_the_sidecar(
    teams: "Teams", size: dict[str, Any], sidecar: dict[str, Any]
) -> None:
    """A pod with a sidecar above the maximum never starts."""
    values = {
        "mesh": {"sidecar": sidecar},
        "notebooks": {
            "sizes": {"large": size, "small": {"cpu": 0.1, "memory": "0.1Gi"}},
            "shm": {"size": "0.1Gi"},
        },
        **plan(requestsWhenUnset={"cpu": 0.1, "memory": "0.1Gi"}),
    }
    found = limits(teams({"team": TEAM}, values=values))
    assert cpu(found["max"]["cpu"]) >= max(size["cpu"], sidecar["cpuLimit"])
    assert gibibytes(found["max"]["memory"]) >= max(
        gibibytes(size["memory"]), gibibytes(sidecar["memoryLimit"])
    )
    assert found["max"] == found["default"]


def test_amounts_stay_within_what_quantities_can_say(teams: "Teams") -> None:
    """No exponent, at most thousandths and whole bytes, however odd the factor."""
    sizes = {"large": {"cpu": 1024, "memory": "1048576.333Gi"}}
    notebooks = {"sizes": sizes, "limitFactor": {"cpu": 1.2345678, "memory": 3.3333333}}
    found = limits(teams({"team": TEAM}, values={"notebooks": notebooks}))
    assert found["max"] == {"cpu": "1264200m", "memory": "3753000843389960"}


def test_a_notebook_of_the_largest_size_may_start(tenants: dict[str, "Manifest"]) -> None:
    for site, size in {"lab": (2, 4), "campus": (16, 120), "vault": (32, 256)}.items():
        for each in tenants[site].kind("LimitRange"):
            (found,) = each["spec"]["limits"]
            assert cpu(found["max"]["cpu"]) >= round(1.2 * size[0], 1)
            assert gibibytes(found["max"]["memory"]) >= round(1.2 * size[1], 1)


def test_defaults_lie_below_the_maximum(tenants: dict[str, "Manifest"], site: str) -> None:
    for each in tenants[site].kind("LimitRange"):
        (found,) = each["spec"]["limits"]
        assert cpu(found["defaultRequest"]["cpu"]) <= cpu(found["max"]["cpu"])
        assert gibibytes(found["defaultRequest"]["memory"]) <= gibibytes(found["max"]["memory"])
