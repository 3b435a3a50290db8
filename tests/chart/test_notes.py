"""NOTES.txt: what an installer reads."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from tests.chart.conftest import LOGIN, merged

from carrel.k8s.namespaces import labels_to_set

Notes = Callable[..., str]


def test_they_say_what_was_installed_and_what_comes_next(notes: Notes) -> None:
    said = notes({}, site="campus")
    assert "for site campus on eks." in said
    assert "(shard 0 of 4)" in said
    assert "helm upgrade --install carrel-tenants-00 <chart> -n carrel-system" in said
    assert "https://notebooks.campus.example.edu/" in said
    assert "WARNING" not in said


@pytest.mark.parametrize(
    ("values", "warning"),
    [
        ({}, "identity.mode is demo: everyone who reaches the gateway is user@example.com."),
        ({}, "gateway.tls.mode is none"),
        ({"platform": {"proved": False}}, "platform vanilla is not yet proved"),
        (LOGIN, "identity.dex.users: passwords that nobody makes people change"),
    ],
)
def test_they_warn_of_what_a_site_relaxes(
    notes: Notes, values: dict[str, Any], warning: str
) -> None:
    assert f"WARNING {warning}" in notes(values)


def test_they_name_the_labels_that_a_namespace_of_yours_needs(notes: Notes) -> None:
    needed = "pod-security.kubernetes.io/enforce: restricted"
    assert needed not in notes({})
    said = notes({"namespaces": {"kubeflow": {"create": False, "name": "mine"}}})
    assert "Namespace mine is yours." in said
    assert "  istio-injection: enabled\n" in said
    assert needed in said


@pytest.mark.parametrize("revision", ["", "1-30"])
def test_the_labels_are_those_that_render_lists(notes: Notes, revision: str) -> None:
    values = {
        "mesh": {"revision": revision},
        "namespaces": {"kubeflow": {"create": False, "labels": {"a.example/team": "desks"}}},
    }
    expected = labels_to_set(values, "kubeflow")
    listed = notes(values).split("is yours. It needs these labels:\n")[1].split("\n\n")[0]
    assert yaml.safe_load(listed) == expected
    assert expected["a.example/team"] == "desks"
    assert len(expected) == 4


def test_homes_of_login_that_are_yours_need_one(notes: Notes) -> None:
    said = notes(merged(LOGIN, {"namespaces": {"auth": {"create": False, "name": "mine"}}}))
    assert "Namespace mine is yours." in said
    assert "pod-security.kubernetes.io/enforce: restricted" in said


def test_they_say_when_there_is_no_login_page(notes: Notes) -> None:
    values = {"identity": {"mode": "external", "oidc": {"issuer": "https://login.example"}}}
    assert "no login page: people bring a token of https://login.example." in notes(values)
    assert "no login page" not in notes(merged(values, {"identity": {"oidc": {"clientId": "a"}}}))
    assert "no login page" not in notes({})


def test_they_speak_of_the_site_by_its_name(notes: Notes) -> None:
    assert "for site other on" in notes({"site": {"name": "other"}})


def test_a_tenants_release_says_which_shard_it_is(notes: Notes) -> None:
    said = notes({"scope": "tenants", "shard": 1}, site="vault", release="carrel-tenants-01")
    assert "Shard 1 of 2 of the tenants of site vault." in said
