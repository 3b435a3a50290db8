"""_lib/images.tpl: one value moves every image, also those that are only data."""

from typing import TYPE_CHECKING, Any

import pytest

from carrel.k8s.images import image_references, images

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

CANARY = "canary.example:5000/mirror/of"
PUBLISHERS = ("ghcr.io", "docker.io", "r.example:444")
DIGEST = "sha256:" + "0123456789abcdef" * 4


def catalogue(**entries: dict[str, Any]) -> dict[str, Any]:
    """Images of another publisher, in the catalogue and in a component."""
    other = {"registry": "r.example:444", "repository": "a/b", "tag": "t"}
    offered = {"other": {"type": "jupyter", "image": other, "gpu": "amd"}}
    return {
        "notebooks": {"images": offered | entries},
        "components": {"dashboard": {"image": other}},
    }


def references(manifest: "Manifest") -> list[str]:
    return sorted(use.reference for use in images(image_references(manifest.objects)))


@pytest.mark.parametrize("scope", ["platform", "tenants"])
@pytest.mark.parametrize("site", ["lab", "campus", "vault"])
def test_nothing_is_pulled_from_anywhere_else(chart: "Chart", site: str, scope: str) -> None:
    moved = {"images": {"registry": CANARY, "layout": "hostPrefixed"}} | catalogue()
    manifest = chart.render(site, moved, scope=scope)
    assert all(each.startswith(f"{CANARY}/") for each in references(manifest))
    # Every mention of a publisher is part of the canary's path.
    for host in PUBLISHERS:
        path = host.replace(":", "_")
        assert manifest.text.count(path) == manifest.text.count(f"{CANARY}/{path}/")
        assert host == path or host not in manifest.text


@pytest.mark.parametrize("site", ["lab", "campus", "vault"])
def test_the_path_layout_drops_the_publisher(chart: "Chart", site: str) -> None:
    moved = {"images": {"registry": CANARY, "layout": "path"}} | catalogue()
    manifest = chart.render(site, moved)
    assert all(each.startswith(f"{CANARY}/") for each in references(manifest))
    for host in PUBLISHERS:
        assert host not in manifest.text
        assert host.replace(":", "_") not in manifest.text
    assert f"{CANARY}/a/b:t" in references(manifest)


def test_no_image_is_lost_or_added_on_the_way(chart: "Chart") -> None:
    at_home = references(chart.render("campus", catalogue()))
    moved = references(chart.render("campus", {"images": {"registry": CANARY}} | catalogue()))
    assert [f"{CANARY}/{each.replace(':444', '_444')}" for each in at_home] == moved
    assert len(at_home) > 10


def test_vault_pulls_from_its_own_registry_only(platforms: dict[str, "Manifest"]) -> None:
    manifest = platforms["vault"]
    prefix = "registry.vault.example.com/carrel/"
    assert references(manifest)
    assert all(each.startswith(prefix) for each in references(manifest))
    for host in ("ghcr.io", "docker.io"):
        assert manifest.text.count(host) == manifest.text.count(f"{prefix}{host}/")


@pytest.mark.parametrize(
    ("tag", "digest", "written"),
    [
        ("v1", "", "r.example/a/b:v1"),
        ("", DIGEST, f"r.example/a/b@{DIGEST}"),
        ("v1", DIGEST, f"r.example/a/b:v1@{DIGEST}"),
    ],
)
def test_tag_and_digest_are_both_written(
    chart: "Chart", tag: str, digest: str, written: str
) -> None:
    image = {"registry": "r.example", "repository": "a/b", "tag": tag, "digest": digest}
    manifest = chart.render("lab", {"components": {"dashboard": {"image": image}}})
    assert manifest.container("dashboard")["image"] == written


def test_a_digest_survives_the_move(chart: "Chart") -> None:
    image = {"registry": "r.example:444", "repository": "a/b", "tag": "v1", "digest": DIGEST}
    values = {"images": {"registry": CANARY}, "components": {"dashboard": {"image": image}}}
    container = chart.render("lab", values).container("dashboard")
    assert container["image"] == f"{CANARY}/r.example_444/a/b:v1@{DIGEST}"
