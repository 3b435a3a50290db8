"""Whoever installs with Helm and whoever installs the bundle gets the same objects."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from carrel.k8s import objects
from carrel.tools.helm import Helm
from carrel.yamlio.reader import read_objects

Carrel = Callable[..., object]
Bodies = dict[tuple[str, ...], object]

LAYERS = {
    site: [f"values/platforms/{platform}.yaml", f"values/sites/{site}/site.yaml"]
    for site, platform in (("lab", "vanilla"), ("campus", "eks"), ("vault", "vanilla"))
}
SHARDS = {"lab": 1, "campus": 4, "vault": 2}


def by_identity(documents: Iterable[str]) -> Bodies:
    """The objects in YAML texts by kind, namespace and name."""
    found: Bodies = {}
    for text in documents:
        for body in read_objects(text):
            if body is None:
                continue
            assert isinstance(body, dict)
            metadata = body["metadata"]
            namespace = metadata.get("namespace", "")
            identity = (body["apiVersion"], body["kind"], namespace, metadata["name"])
            assert identity not in found
            found[identity] = body
    return found


@pytest.mark.parametrize("site", LAYERS)
def test_layers_resolved_values_and_bundle_are_one(
    project: Path, carrel: Carrel, helm4: Helm, site: str
) -> None:
    carrel("render", site)
    bundle = project / "dist" / site
    layers = [project / file for file in LAYERS[site]]
    people = project / "values/sites" / site / "tenants.yaml"

    def rendered(release: str, values: list[Path], *sets: str) -> Bodies:
        output = helm4.template(
            project / "chart",
            release=release,
            namespace="carrel-system",
            values=values,
            sets=sets,
            kube_version="1.36.0",
        )
        return by_identity(text for _, text in objects.documents(output))

    everything: Bodies = {}
    platform = rendered("carrel", layers)
    assert rendered("carrel", [bundle / "values.yaml"]) == platform
    everything |= platform
    for shard in range(SHARDS[site]):
        name = f"tenants-{shard:02}"
        sets = ("scope=tenants", f"shard={shard}")
        tenants = rendered(f"carrel-{name}", [*layers, people], *sets)
        assert rendered(f"carrel-{name}", [bundle / f"{name}.yaml"]) == tenants
        assert not tenants.keys() & everything.keys()
        everything |= tenants

    files = [
        file for file in (bundle / "manifests").rglob("*.yaml") if file.name != "kustomization.yaml"
    ]
    assert by_identity(file.read_text() for file in files) == everything
    assert len(everything) == len((bundle / "objects.txt").read_text().splitlines())


def test_the_platform_needs_no_people_and_ignores_them(project: Path, helm4: Helm) -> None:
    layers = [project / file for file in LAYERS["vault"]]
    people = project / "values/sites/vault/tenants.yaml"
    outputs = {
        helm4.template(
            project / "chart",
            release="carrel",
            namespace="carrel-system",
            values=values,
            kube_version="1.36.0",
        )
        for values in (layers, [*layers, people])
    }
    assert len(outputs) == 1


@pytest.mark.parametrize("site", LAYERS)
def test_values_of_the_platform_hold_no_people(project: Path, carrel: Carrel, site: str) -> None:
    carrel("render", site)
    text = (project / "dist" / site / "values.yaml").read_text()
    assert "\ntenants:" not in text
    assert "\ngroups:" not in text
