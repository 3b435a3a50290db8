"""Whoever writes a value that was renamed, reworded or removed is told so at the key."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from carrel.deprecations import Deprecation, findings, matches, shown
from carrel.diagnostics import Path
from carrel.layers import Layer, LayerName
from carrel.yamlio.reader import read_values

Told = Callable[..., list[str]]

CURE = "`carrel migrate` rewrites your files"


@pytest.fixture
def told(past: tuple[Deprecation, ...]) -> Told:
    """What is said of a file by the list in tests/fixtures/deprecations."""

    def told(text: str, layer: LayerName = "site") -> list[str]:
        document, found = read_values(text.encode(), "site.yaml")
        assert document is not None, found
        layers = [Layer(layer, "site.yaml", document.values, document.keys, document.spans)]
        return [each.text() for each in findings(layers, past)]

    return told


SAID = {
    "rename": (
        "gateway:\n  host: a.example\nnotebooks:\n  idleStop: {enabled: true}\n",
        [
            "4:3: error[E112] notebooks.idleStop: renamed in 0.2.0, now notebooks.culling: the "
            f"controller calls it culling; {CURE}"
        ],
    ),
    "move into another block": (
        "oldLogin: {user: ada@example.com}\n",
        [
            "1:12: error[E112] oldLogin.user: renamed in 0.2.0, now identity.demo.user: all ways "
            f"of login are in one block; {CURE}"
        ],
    ),
    "removal": (
        "oldLogin:\n  groups: [x]\n",
        [
            "2:3: error[E112] oldLogin.groups: removed in 0.2.0: groups come with the token; leave "
            "it out, as `carrel migrate` does"
        ],
    ),
    "removal that was announced before": (
        "kubernetes: {flavour: k3s}\n",
        [
            "1:14: error[E112] kubernetes.flavour: removed in 0.4.0: Helm asks the cluster; leave "
            "it out, as `carrel migrate` does"
        ],
    ),
    "rename with a value that is written otherwise": (
        "notebooks:\n  images:\n    a: {offer: false}\n    b.c: {offer: yes}\n",
        [
            "3:9: error[E112] notebooks.images.a.offer: renamed in 0.2.0, now "
            'notebooks.images.a.state, where false is written "off": an image can be hidden too; '
            f"{CURE}",
            '4:11: error[E112] notebooks.images["b.c"].offer: renamed in 0.2.0, now '
            'notebooks.images["b.c"].state, where true is written offered: an image can be hidden '
            f"too; {CURE}",
        ],
    ),
    "rename with any other value": (
        "notebooks: {images: {a: {offer: 0}}}\n",
        [
            "1:26: error[E112] notebooks.images.a.offer: renamed in 0.2.0, now "
            f"notebooks.images.a.state: an image can be hidden too; {CURE}"
        ],
    ),
    "value that is written otherwise": (
        "gateway:\n  tls:\n    mode: plain\n",
        [
            "3:11: error[E112] gateway.tls.mode: plain is written none since 0.3.0: the gateway is "
            f"not the only one that could encrypt; {CURE}"
        ],
    ),
    "rename in a list": (
        "notebooks:\n  tolerationGroups:\n    gpu:\n      tolerations:\n"
        "        - key: a\n        - keyName: b\n",
        [
            "6:11: error[E112] notebooks.tolerationGroups.gpu.tolerations[1].keyName: renamed in "
            "0.3.0, now notebooks.tolerationGroups.gpu.tolerations[1].key: Kubernetes calls it "
            f"key; {CURE}"
        ],
    ),
    "rename of what was renamed": (
        "loginUser: ada@example.com\n",
        [
            "1:1: error[E112] loginUser: renamed in 0.1.0, now identity.demo.user: a user is more "
            f"than a name; {CURE}"
        ],
    ),
    "removal of what was renamed": (
        "images: {mirror: r.example}\n",
        [
            "1:10: error[E112] images.mirror: renamed in 0.1.0 and removed since: it is no mirror; "
            "leave it out, as `carrel migrate` does"
        ],
    ),
    "announcement": (
        "images:\n  layout: flat\nplans: {a: {largestSize: small}, b: {}}\n",
        [
            "2:3: warning[W112] images.layout: it goes in 0.5.0: every registry can have folders "
            "now",
            "3:13: warning[W112] plans.a.largestSize: it goes in 0.5.0: a quota bounds as well",
        ],
    ),
    "null": (
        "loginUser:\n",
        [
            "1:1: error[E112] loginUser: renamed in 0.1.0, now identity.demo.user: a user is more "
            f"than a name; {CURE}"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_sentence_says_what_became_of_a_value(told: Told, name: str) -> None:
    text, said = SAID[name]

    assert told(text) == [f"site.yaml:{each}" for each in said]


@pytest.mark.parametrize(
    "text",
    [
        "gateway: {tls: {mode: secret}}\n",
        "gateway: {tls: {mode: none}}\n",
        "gateway: {tls: [plain]}\n",
        "gateway: plain\n",
        "notebooks: {images: [], idleStops: {}}\n",
        "notebooks: {images: {a: offer, b: [offer]}}\n",
        "notebooks: {tolerationGroups: {gpu: {tolerations: {keyName: x}}}}\n",
        "oldLogin: {}\n",
        "idleStop: {}\n",
    ],
)
def test_nothing_is_said_of_anything_else(told: Told, text: str) -> None:
    assert told(text) == []


def test_nothing_is_said_of_defaults_which_nobody_wrote(told: Told) -> None:
    assert told("images: {layout: flat}\nloginUser: a\n", "default") == []
    assert len(told("images: {layout: flat}\nloginUser: a\n", "platform")) == 2


@pytest.mark.parametrize(
    ("old", "value", "same"),
    [
        (1, 1, True), (1, 1.0, True), (1, True, False), (True, 1, False), (False, 0, False),
        (None, None, True), (None, False, False), ("1", 1, False), ("a", "a", True),
    ],
)  # fmt: skip
def test_a_value_is_the_one_in_question_or_not(
    past: tuple[Deprecation, ...], old: object, value: object, same: bool
) -> None:
    entry = next(each for each in past if shown(each.path) == "gateway.tls.mode")

    assert bool(replace(entry, values=((old, "new"),)).sentence((), value)) is same


def test_a_path_with_stars_matches_entries_and_items() -> None:
    values = {"a": {"x": {"l": [{"k": 1}, {"k": 2}, 3]}, "y": {"l": {"z": {"k": 4}}}, "z": 5}}
    found: list[tuple[Path, tuple[str | int, ...], object]] = [
        (("a", "x", "l", 0, "k"), ("x", 0), 1),
        (("a", "x", "l", 1, "k"), ("x", 1), 2),
        (("a", "y", "l", "z", "k"), ("y", "z"), 4),
    ]

    assert list(matches(values, ("a", "*", "l", "*", "k"))) == found
    assert shown(("a", "*", "l", "*", "odd key")) == 'a.*.l.*["odd key"]'
