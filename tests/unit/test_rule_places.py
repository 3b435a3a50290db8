"""A finding on a default is shown where the value stands that makes it a mistake."""

from pathlib import Path

import pytest

from carrel.layers import Layer, resolve
from carrel.rules.check import check
from carrel.schema.bundle import Schema, load
from carrel.yamlio.reader import read_values


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


@pytest.mark.parametrize(
    ("text", "code", "path", "line"),
    [
        (
            "notebooks: {culling: {enabled: false}}\nimages:\n  requireDigest: true",
            "E236",
            "components.dashboard.image",
            3,
        ),
        (
            "notebooks:\n  images:\n    jupyter-pytorch:\n      state: 'off'\n"
            "    jupyter-scipy:\n      state: 'off'",
            "E232",
            "notebooks.defaults.images.jupyter",
            6,
        ),
        (
            "notebooks:\n  sizes:\n    small:\n      cpu: 1\n      memory: 0.25Gi",
            "E234",
            "notebooks.shm.size",
            5,
        ),
        (
            "notebooks:\n  sizes:\n    small:\n      memory: 1Gi\n      cpu: 32",
            "E251",
            "plans.standard.quota.cpu",
            5,
        ),
        ("identity:\n  mode: external", "E210", "identity.oidc.issuer", 2),
        ("components:\n  profileController:\n    enabled: false", "E213", "", 3),
        ("identity:\n  userHeader: kubeflow-groups", "E214", "identity.groupsHeader", 2),
    ],
)
def test_it_is_where_the_cause_is(
    schema: Schema, text: str, code: str, path: str, line: int
) -> None:
    document, found = read_values(text.encode(), "site.yaml")
    assert document is not None, found
    layer = Layer("site", "site.yaml", document.values, document.keys, document.spans)

    places = {
        each.span.line if each.span else 0
        for each in check(resolve(schema.defaults(), [layer]))
        if each.code == code and path in ("", each.path)
    }

    assert places == {line}
