"""The chart installs what upstream Kubeflow 26.03.1 does, and every difference is declared."""

import re
from pathlib import Path

import pytest
from tests.parity.comparison import Report
from tests.parity.declaration import SHARED
from tests.parity.inventory import without_hash
from tests.parity.parity import SITE, Parity

from carrel.k8s.fields import Fields, mapping, text

DECLARED = sorted(file.stem for file in Path(__file__).parent.glob("*.yaml") if file.stem != SITE)


@pytest.mark.parametrize("name", DECLARED)
def test_every_object_is_accounted_for_and_every_difference_declared(
    report: Report, name: str
) -> None:
    assert not report.findings[name], "\n".join(report.findings[name])


@pytest.mark.parametrize("name", DECLARED)
def test_every_reason_is_one_sentence(parity: Parity, name: str) -> None:
    for reason in parity.declarations[name].reasons():
        assert re.fullmatch(r"[A-Z'k].{20,}[^.]\.", reason), f"not a sentence: {reason!r}"
        assert not re.search(r"\. [A-Z]", reason), f"more than one sentence: {reason!r}"


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
