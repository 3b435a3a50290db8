"""A site's values are split into releases, of which each needs no other file."""

import pytest

from carrel.layers import Resolved, resolve
from carrel.release import Release, releases, shard_of


def resolved(**user: object) -> Resolved:
    """The values of a site whose layers hold `user`."""
    from carrel.layers import Layer

    return resolve({"shards": {"count": 1}, "tenants": {}}, [Layer("site", "s", user, {}, {})])


def by_name(**user: object) -> dict[str, Release]:
    return {release.name: release for release in releases(resolved(**user))}


def test_a_site_has_a_platform_and_one_shard() -> None:
    found = by_name(site={"name": "lab"})

    assert list(found) == ["carrel", "carrel-tenants-00"]
    assert [release.file for release in found.values()] == ["values.yaml", "tenants-00.yaml"]


def test_the_platform_holds_no_people() -> None:
    platform = by_name(
        tenants={"a": {"owner": "ada@example.com"}}, groups={"g": ["x@example.com"]}, site={}
    )["carrel"]

    assert platform.values == {"site": {}, "scope": "platform"}


def test_a_sites_own_objects_are_with_the_platform_alone() -> None:
    found = by_name(extraObjects={"own": {"kind": "ConfigMap"}})

    assert "extraObjects" in found["carrel"].values
    assert "extraObjects" not in found["carrel-tenants-00"].values


def test_a_tenants_release_says_which_one_it_is() -> None:
    shard = by_name(shards={"count": 3})["carrel-tenants-02"]

    assert (shard.values["scope"], shard.values["shard"]) == ("tenants", 2)


def test_every_tenant_is_in_exactly_one_shard() -> None:
    tenants: dict[str, object] = {f"tenant-{number}": {} for number in range(200)}

    found = by_name(shards={"count": 7}, tenants=tenants)

    parts = [release.values["tenants"] for release in found.values() if not release.is_platform]
    assert len(parts) == 7
    assert all(isinstance(part, dict) and part for part in parts)
    assert sorted(name for part in parts if isinstance(part, dict) for name in part) == sorted(
        tenants
    )


def test_a_shard_without_tenants_is_a_release_too() -> None:
    found = by_name(shards={"count": 2}, tenants={"a": {}})

    assert len(found) == 3


def test_a_null_that_removes_a_default_is_kept() -> None:
    assert by_name(gateway=None)["carrel"].values["gateway"] is None


def test_a_scope_in_a_users_file_does_not_make_the_platform_a_shard() -> None:
    found = by_name(scope="tenants", shard=4)

    assert found["carrel"].values == {"scope": "platform"}
    assert found["carrel-tenants-00"].values["shard"] == 0


@pytest.mark.parametrize("name", ["", "a", "ml-team", "x" * 63])
def test_the_shard_is_the_adler_32_sum(name: str) -> None:
    # RFC 1950, section 8.2.
    low, high = 1, 0
    for byte in name.encode():
        low = (low + byte) % 65521
        high = (high + low) % 65521

    assert shard_of(name, 1 << 33) == high << 16 | low
