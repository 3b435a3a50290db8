"""The chart installs what upstream Kubeflow does, and every difference is declared."""

import re
from pathlib import Path

import pytest
from tests.parity.comparison import Report
from tests.parity.conftest import Render
from tests.parity.declaration import SHARED
from tests.parity.inventory import without_hash
from tests.parity.parity import SITE, Parity, renames

from carrel.k8s.fields import Fields, descend, mapping, mappings, text
from carrel.tools.helm import Helm
from carrel.upstream import Upstream

DECLARED = sorted(file.stem for file in Path(__file__).parent.glob("*.yaml") if file.stem != SITE)


@pytest.mark.parametrize("name", DECLARED)
def test_every_object_is_accounted_for_and_every_difference_declared(
    report: Report, name: str
) -> None:
    assert not report.findings[name], "\n".join(report.findings[name])


@pytest.mark.parametrize("older", ["helm3", "helm318"])
def test_every_helm_installs_the_same(
    request: pytest.FixtureRequest, helm4: Helm, rendered_by: Render, older: str
) -> None:
    helm = request.getfixturevalue(older)
    assert isinstance(helm, Helm)
    newest, oldest = (
        {each.identity: each.body for each in rendered_by(which)} for which in (helm4, helm)
    )
    assert oldest == newest


@pytest.mark.parametrize("name", DECLARED)
def test_every_reason_is_one_sentence(parity: Parity, name: str) -> None:
    for reason in parity.declarations[name].reasons():
        assert re.fullmatch(r"[A-Z'k].{20,}[^.]\.", reason), f"not a sentence: {reason!r}"
        assert not re.search(r"\. [A-Z]", reason), f"more than one sentence: {reason!r}"


def test_every_rename_is_of_an_object_that_is_compared(parity: Parity, release: Upstream) -> None:
    entries = {
        identity: entry.ours
        for declaration in parity.declarations.values()
        for identity, entry in declaration.objects.items()
    }

    assert {one: entries.get(one) for one in renames(release)} == renames(release)


def test_every_image_is_the_one_that_upstream_starts(
    facts: dict[str, tuple[Fields, ...]], release: Upstream
) -> None:
    started = {
        text(container["image"])
        for bodies in facts.values()
        for body in bodies
        for _, container in mappings(descend(body, "spec", "template", "spec").get("containers"))
    }
    ours = {f"{each.registry}/{each.repository}:{each.tag}" for each in release.images.values()}

    # Two old versions of one program, which nothing here needs.
    assert {image.rpartition(":")[0] for image in started - ours} == {
        "quay.io/brancz/kube-rbac-proxy"
    }


def test_every_file_is_of_a_component_of_upstream(parity: Parity) -> None:
    assert set(DECLARED) - {SHARED} <= parity.components.keys()
    assert len(parity.components) == 14


@pytest.mark.parametrize("name", sorted(set(DECLARED) - {SHARED}))
def test_a_hash_is_taken_off_generated_names_only(
    parity: Parity, facts: dict[str, tuple[Fields, ...]], name: str
) -> None:
    generated = set()
    for body in facts[name]:
        own = text(mapping(body["metadata"])["name"])
        try:
            without_hash(own)
        except ValueError:
            continue
        assert body["kind"] in ("ConfigMap", "Secret"), f"kustomize generates no {body['kind']}"
        generated.add(own)

    assert set(parity.declarations[name].hashed) == generated
