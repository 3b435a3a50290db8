"""Layers become one, and every value knows where it comes from.

tests/chart/test_values_merge.py compares the merge with Helm's.
"""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.diagnostics import Path, Span
from carrel.layers import Layer, LayerName, Origin, Resolved, fold, resolve
from carrel.yamlio import writer
from carrel.yamlio.reader import read_values


def layer(name: LayerName, text: str) -> Layer:
    """A layer from YAML text; its file is its name."""
    document, diagnostics = read_values(text.encode(), name)
    assert document is not None
    assert not [each for each in diagnostics if each.code != "W001"]
    return Layer(name, name, document.values, document.keys, document.spans, document.literals)


def tree(text: str) -> dict[str, object]:
    return layer("default", text).values


DEFAULTS = tree("""
replicas: 1
image: {registry: ghcr.io, tag: v1}
resources: {limits: {cpu: 1, memory: 1Gi}, requests: {cpu: 1}}
hosts: [a, b]
""")
PLATFORM = layer("platform", "image: {registry: ecr}\nresources: {limits: {cpu: 2}}\n")
SITE = layer("site", "image:\n  tag: v2\nhosts: [{name: c}, d]\nextra: {x: null}\n")


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        ([], DEFAULTS),
        (["image: {tag: v2}"], {"image": {"registry": "ghcr.io", "tag": "v2"}}),
        (["image: {tag: v2}", "image: {tag: v3}"], {"image": {"registry": "ghcr.io", "tag": "v3"}}),
        # Lists and scalars replace.
        (["hosts: [c]"], {"hosts": ["c"]}),
        (["hosts: {c: 1}"], {"hosts": {"c": 1}}),
        (["image: none"], {"image": "none"}),
        (["image: none", "image: {tag: v2}"], {"image": {"registry": "ghcr.io", "tag": "v2"}}),
        # Null deletes a default, at any depth.
        (["replicas: null"], {"replicas": ...}),
        (["image: {tag: null}"], {"image": {"registry": "ghcr.io"}}),
        (["image: {tag: null, registry: null}"], {"image": {}}),
        # ... is a value like any other among files,
        (["replicas: null", "replicas: 2"], {"replicas": 2}),
        (["image: null", "image: {tag: v2}"], {"image": {"registry": "ghcr.io", "tag": "v2"}}),
        (["image: {tag: v2}", "image: null"], {"image": ...}),
        (["new: {a: 1, b: 2}", "new: {a: null}"], {"new": {"a": None, "b": 2}}),
        # ... and stays where there is no default.
        (["new: null"], {"new": None}),
        (["image: {new: null}"], {"image": {"registry": "ghcr.io", "tag": "v1", "new": None}}),
        (["image: {}"], {}),
    ],
)
def test_layers_merge_as_helm_merges_files(texts: list[str], values: dict[str, object]) -> None:
    layers = [layer("site", text) for text in texts]
    expected = {key: value for key, value in (DEFAULTS | values).items() if value is not ...}
    assert resolve(DEFAULTS, layers).values == expected


def test_below_the_subchart_null_stays() -> None:
    defaults = tree("crds: {enabled: true, keep: true}\n")
    resolved = resolve(defaults, [layer("site", "crds: {enabled: null}\n")])
    assert resolved.values == {"crds": {"enabled": None, "keep": True}}
    assert resolve(defaults, [layer("site", "crds: null\n")]).values == {}


def test_the_users_part_keeps_the_nulls() -> None:
    layers = [layer("platform", "image: {tag: null}\na: {b: 1}\n"), layer("site", "a: null\n")]
    assert resolve(DEFAULTS, layers).user == {"image": {"tag": None}, "a": None}
    assert fold(layers) == resolve(DEFAULTS, layers).user


def test_values_keep_the_order_of_the_defaults() -> None:
    resolved = resolve(DEFAULTS, [layer("site", "new: 1\nhosts: []\nreplicas: 2\n")])
    assert [*resolved.values] == ["replicas", "image", "resources", "hosts", "new"]


# --- origins ------------------------------------------------------------------------------------


def test_a_chain_names_every_layer_and_the_last_wins() -> None:
    resolved = resolve(DEFAULTS, [PLATFORM, SITE, layer("--set", "image: {tag: v3}")])
    assert resolved.origins[("image", "tag")] == (
        Origin("default", None, "v1"),
        Origin("site", Span("site", 2, 8), "v2"),
        Origin("--set", Span("--set", 1, 14), "v3"),
    )
    assert resolved.origins[("resources", "limits", "memory")] == (Origin("default", None, "1Gi"),)


def test_every_leaf_and_every_deleted_default_has_an_origin() -> None:
    layers = [PLATFORM, SITE, layer("tenants", "replicas: null\nresources: {requests: null}\n")]
    assert [*resolve(DEFAULTS, layers).origins] == [
        ("image", "registry"),
        ("image", "tag"),
        ("resources", "limits", "cpu"),
        ("resources", "limits", "memory"),
        ("hosts",),
        ("extra", "x"),
        ("replicas",),
        ("resources", "requests"),
    ]


def test_a_deleted_default_ends_with_the_null() -> None:
    resolved = resolve(DEFAULTS, [PLATFORM, layer("site", "resources:\n  limits: null\n")])
    null = Origin("site", Span("site", 2, 11), None)
    assert resolved.origins[("resources", "limits")][-1] == null
    assert resolved.origins[("resources", "limits", "cpu")] == (
        Origin("default", None, 1),
        null,
    )
    assert resolved.span(("resources", "limits", "memory")) == null.span


def test_what_was_swept_away_is_forgotten() -> None:
    layers = [
        layer("platform", "image: {tag: v2, registry: r}\n"),
        layer("site", "image: null\n"),
        layer("tenants", "image:\n  tag: v3\n"),
    ]
    resolved = resolve(DEFAULTS, layers)
    assert resolved.values["image"] == {"registry": "ghcr.io", "tag": "v3"}
    assert resolved.origins[("image", "registry")] == (Origin("default", None, "ghcr.io"),)
    assert resolved.origins[("image", "tag")] == (
        Origin("default", None, "v1"),
        Origin("tenants", Span("tenants", 2, 8), "v3"),
    )


@pytest.mark.parametrize(
    "path",
    [("nothing",), ("image", "nothing"), ("hosts", 7), ("replicas", "x"), ("extra", "x", "y")],
)
def test_what_does_not_exist_has_no_origin(path: Path) -> None:
    assert path not in resolve(DEFAULTS, [PLATFORM, SITE]).origins


def test_below_a_map_that_became_a_scalar_there_is_nothing() -> None:
    resolved = resolve(DEFAULTS, [PLATFORM, layer("site", "image: none\n")])
    assert ("image", "tag") not in resolved.origins
    assert resolved.span(("image", "tag")) == Span("site", 1, 8)


def test_a_span_is_where_the_value_that_counts_was_written() -> None:
    resolved = resolve(DEFAULTS, [PLATFORM, SITE])
    assert resolved.span(("image", "tag")) == Span("site", 2, 8)
    assert resolved.span(("image", "registry")) == Span("platform", 1, 19)
    assert resolved.span(("hosts", 0, "name")) == Span("site", 3, 16)
    assert resolved.span(("image",)) == Span("site", 2, 3)


def test_a_span_falls_back_to_what_is_around_the_value() -> None:
    resolved = resolve(DEFAULTS, [PLATFORM, SITE])
    memory = ("resources", "limits", "memory")
    assert resolved.written(memory) is None
    assert (
        resolved.span(memory) == resolved.span(("resources", "limits")) == Span("platform", 2, 21)
    )
    assert resolved.span(("hosts", 9)) == resolved.span(("hosts",)) == Span("site", 3, 8)
    assert resolved.span(("replicas",)) is None
    assert resolved.span(("nothing", "at", "all")) is None
    assert resolved.span(()) is None


# --- properties ---------------------------------------------------------------------------------

LEAVES: st.SearchStrategy[object] = st.sampled_from([None, 0, 1, "x", True, [], [{"a": 1}], {}])
TREES = st.recursive(
    LEAVES, lambda below: st.dictionaries(st.sampled_from("abc"), below, max_size=3), max_leaves=12
)
MAPS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


def without_nulls(value: object) -> object:
    if not isinstance(value, dict):
        return value
    return {key: without_nulls(below) for key, below in value.items() if below is not None}


DEFAULT_MAPS = MAPS.map(without_nulls)


def resolved_of(defaults: object, maps: list[dict[str, object]]) -> Resolved:
    assert isinstance(defaults, dict)
    names: list[LayerName] = ["platform", "site", "tenants", "--set"]
    layers = [layer(name, writer.write(each)) for name, each in zip(names, maps, strict=False)]
    return resolve(defaults, layers)


def value_at(values: object, path: Path) -> object:
    for step in path:
        values = values[step]  # type: ignore[index]
    return values


@given(DEFAULT_MAPS, st.lists(MAPS, max_size=4))
@settings(max_examples=150, deadline=None)
def test_the_last_origin_is_the_value(defaults: object, maps: list[dict[str, object]]) -> None:
    resolved = resolved_of(defaults, maps)
    for path, chain in resolved.origins.items():
        try:
            value = value_at(resolved.values, path)
        except KeyError:
            assert chain[-1].value is None
        else:
            # A map that lost all its entries to nulls is empty though no layer wrote it so.
            assert chain[-1].value == value or (value == {} and isinstance(chain[-1].value, dict))
        assert (chain[-1].span is None) == (chain[-1].layer == "default")


@given(DEFAULT_MAPS, st.lists(MAPS, max_size=4))
@settings(max_examples=150, deadline=None)
def test_the_users_part_alone_gives_the_same_values(
    defaults: object, maps: list[dict[str, object]]
) -> None:
    resolved = resolved_of(defaults, maps)
    assert resolved_of(defaults, [resolved.user]).values == resolved.values


@given(MAPS, MAPS, MAPS)
@settings(max_examples=100, deadline=None)
def test_resolving_changes_nothing_that_it_was_given(
    first: dict[str, object], second: dict[str, object], third: dict[str, object]
) -> None:
    layers = [Layer("site", "f", values, {}, {}) for values in (second, third)]
    before = copy.deepcopy((first, second, third))
    resolve(first, layers)
    assert (first, second, third) == before
