"""Whatever two programs a site does without, what is left is right for every Kubernetes."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import LOGIN, PROGRAMS, merged

from carrel.k8s import schema_library
from carrel.tools.kubeconform import Kubeconform, Status

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

NEEDS = {
    "dashboard": "profileController",
    "volumesWebApp": "pvcviewerController",
    "tensorboardsWebApp": "tensorboardController",
}
"""Program → what it cannot do without."""

EVERYTHING = merged(
    LOGIN,
    {
        "components": {
            "tensorboardController": {"enabled": True},
            "tensorboardsWebApp": {"enabled": True},
        }
    },
)
ELSEWHERE = {
    "gateway": {"host": "desks.example"},
    "identity": {
        "mode": "external",
        "oidc": {"issuer": "https://login.example.com", "clientId": "desks"},
    },
}
"""Login with somebody else's page, which needs no Dex."""

VERSIONS = ("1.33", "1.34", "1.35", "1.36", "1.37")


def without(*programs: str) -> dict[str, Any]:
    return {"components": {name: {"enabled": False} for name in programs}}


def site(gone: tuple[str, ...]) -> dict[str, object]:
    login = ELSEWHERE if {"dex", "oauth2Proxy"} & {*gone} else {}
    return merged(EVERYTHING, login, without(*gone))


def contradicts_itself(gone: tuple[str, ...]) -> bool:
    return any(need in gone and name not in gone for name, need in NEEDS.items())


@pytest.fixture(scope="module")
def pairs(chart: "Chart") -> dict[tuple[str, ...], "Manifest"]:
    """The platform without each pair that can be spared."""
    return {
        gone: chart.render("lab", site(gone))
        for gone in itertools.combinations(PROGRAMS, 2)
        if not contradicts_itself(gone)
    }


def test_a_program_that_another_one_needs_cannot_be_spared(chart: "Chart") -> None:
    for name, need in NEEDS.items():
        said = chart.refusal("lab", merged(EVERYTHING, without(need)))
        assert f"components.{need}.enabled: the " in said, name


def test_every_other_pair_can_be_spared(pairs: dict[tuple[str, ...], "Manifest"]) -> None:
    assert len(pairs) == 31
    for gone, manifest in pairs.items():
        spared = {*gone, *(["dex"] if "oauth2Proxy" in gone else [])}
        assert len(manifest.pods()) == len(PROGRAMS) - len(spared), gone


def documents(pairs: dict[tuple[str, ...], "Manifest"]) -> Iterator[str]:
    """Every object of every pair, each text once."""
    seen = {each.text: json.dumps(each.body) for made in pairs.values() for each in made.objects}
    yield from seen.values()


@pytest.mark.parametrize("minor", VERSIONS)
def test_what_is_left_fits_every_kubernetes(
    pairs: dict[tuple[str, ...], "Manifest"],
    kubeconform: Kubeconform,
    project_root: Path,
    tmp_path: Path,
    minor: str,
) -> None:
    catalogue = project_root / "generator" / "catalogue"
    verdicts = kubeconform.validate(
        "\n---\n".join(documents(pairs)).encode(),
        kubernetes_version=f"{minor}.0",
        schema_location=schema_library.prepare(catalogue, minor, tmp_path),
    )
    assert len(verdicts) > 150
    assert [each for each in verdicts if each.status is not Status.VALID] == []
