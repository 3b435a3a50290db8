"""A file of former days is brought up to date: it means the same, and its other lines stay."""

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from carrel.deprecations import Deprecation, findings
from carrel.diagnostics import Severity
from carrel.layers import Layer, resolve
from carrel.migration import migrated
from carrel.schema.bundle import load
from carrel.schema.check import check_layers
from carrel.yamlio.reader import read_values

SITE = """\
# The site's own head.

site: {name: lab, platform: vanilla}   # as its folder
# Who may enter.
oldLogin:
  groups: [staff]  # no longer
  # The demo's.
  user: ada@example.com
notebooks:
  images:
    # Everyone's favourite.
    jupyter-scipy:   {offer: yes, type: 'jupyter'}
    rstudio-tidyverse:
      offer: false  # nobody asked
  # Four hours.
  idleStop:
      enabled: true   # at night
  tolerationGroups:
    gpu:
      title: GPU
      tolerations:
      - keyName: gpu # taint
        operator: Exists
images:
  mirror: r.example
  layout: path
gateway: {tls: {"mode": "plain"}}
kubernetes: {flavour: k3s}
"""
MIGRATED = """\
# The site's own head.

site: {name: lab, platform: vanilla}   # as its folder
notebooks:
  images:
    # Everyone's favourite.
    jupyter-scipy:   {state: offered, type: 'jupyter'}
    rstudio-tidyverse:
      state: "off"  # nobody asked
  # Four hours.
  culling:
      enabled: true   # at night
  tolerationGroups:
    gpu:
      title: GPU
      tolerations:
      - key: gpu # taint
        operator: Exists
images:
  layout: path
gateway: {tls: {"mode": "none"}}
identity:
  demo:
    # The demo's.
    user: ada@example.com
"""


Shape = Callable[[Layer], list[str]]


@pytest.fixture(scope="module")
def shape(project_root: Path) -> Shape:
    """What today's schema has against the values of a layer."""
    schema = load(project_root / "generator" / "schema")

    def shape(layer: Layer) -> list[str]:
        resolved = resolve(schema.defaults(), [layer])
        return [each.text() for each in check_layers([layer], resolved, schema)]

    return shape


def layer(data: bytes) -> Layer:
    document, found = read_values(data, "site.yaml")
    assert document is not None, found
    places = (document.keys, document.spans, document.literals)
    return Layer("site", "site.yaml", document.values, *places)


def test_a_file_is_brought_up_to_date(past: tuple[Deprecation, ...]) -> None:
    after, found = migrated(SITE.encode(), "site.yaml", past)

    assert found == ()
    assert after.decode() == MIGRATED


def test_a_file_that_is_up_to_date_stays_as_it_is(past: tuple[Deprecation, ...]) -> None:
    for text in (MIGRATED, "images: {layout: path}\n", "", "# nothing\n"):
        assert migrated(text.encode(), "site.yaml", past)[0] == text.encode()


def test_an_entry_of_a_map_stays_when_its_last_key_goes(past: tuple[Deprecation, ...]) -> None:
    gone = [each for each in past if not each.removed]
    text = "plans:\n  small:\n    largestSize: small # only\n"
    removed = [
        Deprecation(each.path, "0.4.0", "m", None, None, (), None, removed=True, span=each.span)
        for each in gone
    ]

    after, _ = migrated(text.encode(), "site.yaml", removed)

    assert after.decode() == "plans:\n  small: {}\n"


def test_two_names_of_what_is_gone_altogether_both_go(past: tuple[Deprecation, ...]) -> None:
    text = "images:\n  mirror: a  # old\n  layout: path\n  proxy: b\n"

    assert migrated(text.encode(), "site.yaml", past) == (b"images:\n  layout: path\n", ())


REFUSED = {
    "two names at once": (
        "# head\nloginUser: ada@example.com\nidentity:\n  demo: {user: bob@example.com}\n",
        "2:1: error[E113] loginName: identity.demo.user is set as well; keep one of the two",
    ),
    "two former names": (
        "oldLogin: {user: ada@example.com}\nloginName: bob@example.com\n",
        "2:1: error[E113] loginName: identity.demo.user is set as well; keep one of the two",
    ),
    "an anchor": (
        "x: &x {offer: true}\nnotebooks:\n  images:\n    a: *x\n",
        "4:8: error[E113] notebooks.images.a.offer: it comes from an anchor (&) elsewhere in the "
        "file; change it by hand",
    ),
    "a place that is no map": (
        "loginName: a\nidentity: demo\n",
        "1:1: error[E113] loginName: its new place is identity.demo.user, and identity is no map "
        "here",
    ),
    "below lines that have gone": (
        "oldLogin:\n  groups:\n  - a\n  - b\n\nloginName: a\nidentity: {demo: {user: b}}\n",
        "6:1: error[E113] loginName: identity.demo.user is set as well; keep one of the two",
    ),
    "no YAML": ("loginName: [\n", "2:1: error[E007] "),
    "a key that is there twice": (
        "loginName: a\nloginName: b\n",
        "2:1: error[E008] loginName: the key is already on line 1",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_person_has_to_change_is_refused_at_its_place(
    past: tuple[Deprecation, ...], name: str
) -> None:
    text, said = REFUSED[name]

    after, (diagnostic,) = migrated(text.encode(), "site.yaml", past)

    assert after == text.encode()
    assert diagnostic.text().startswith(f"site.yaml:{said}")


@dataclass(frozen=True)
class Written:
    """The same values as they are written today, and as they were."""

    today: dict[str, Any]
    once: dict[str, Any]

    def add(self, today: str, once: str, now: object, then: object) -> None:
        """Add a value in its place of today and in that of former days; "" is no place."""
        for tree, path, value in ((self.today, today, now), (self.once, once, then)):
            *above, last = path.split(".")
            for step in above:
                tree = tree.setdefault(step, {})
            if last:
                tree[last] = value


STATES = [("offered", True), ("off", False), ("hidden", "hidden")]
IMAGES = ["jupyter-scipy", "jupyter-pytorch", "rstudio-tidyverse"]
UNCHANGED: dict[str, object] = {
    "site.name": "lab",
    "site.platform": "vanilla",
    "images.layout": "path",
    "images.registry": "r.example",
    "kubernetes.version": "1.36",
    "notebooks.defaults.size": "small",
    "gateway.host": "desks.example",
    "identity.mode": "demo",
}
GONE: dict[str, object] = {
    "oldLogin.groups": ["staff", {"a": 1}],
    "images.mirror": "r.example",
    "images.proxy": {"url": "r.example"},
    "kubernetes.flavour": "on",
}


def facts(chance: random.Random) -> Iterator[tuple[str, str, object, object]]:
    """Where a value is today and where it was, and what it is and was."""
    for path, value in UNCHANGED.items():
        yield path, path, value, value
    for path, value in GONE.items():
        yield "", path, None, value
    idle = {"enabled": chance.random() < 0.5, "idleMinutes": chance.randint(10, 900)}
    yield "notebooks.culling", "notebooks.idleStop", idle, idle
    user = chance.choice(["ada@example.com", "b-o.b@example.com"])
    name = chance.choice(["oldLogin.user", "loginUser", "loginName"])
    yield "identity.demo.user", name, user, user
    yield "gateway.tls.mode", "gateway.tls.mode", "none", "plain"
    for image in IMAGES:
        now, then = chance.choice(STATES)
        yield f"notebooks.images.{image}.state", f"notebooks.images.{image}.offer", now, then
        kind = f"notebooks.images.{image}.type"
        yield kind, kind, "jupyter", "jupyter"
    keys = chance.choices(["gpu", "on", "a/b"], k=chance.randint(1, 3))
    tolerations = [
        {"gpu": {"title": "GPU", "tolerations": [{key: each, "value": "x"} for each in keys]}}
        for key in ("key", "keyName")
    ]
    place = "notebooks.tolerationGroups"
    yield place, place, tolerations[0], tolerations[1]


def written(chance: random.Random) -> Written:
    """Values that are valid today, and how somebody wrote them over the years."""
    both = Written({}, {})
    every = list(facts(chance))
    for fact in chance.sample(every, chance.randint(0, len(every))):
        both.add(*fact)
    return both


def text_of(values: dict[str, Any], chance: random.Random) -> str:
    """Values as people write them, with remarks behind some lines where there is room."""
    flow = chance.choice([False, False, None, True])
    indent = chance.choice([2, 4])
    text = yaml.dump(values, default_flow_style=flow, sort_keys=False, indent=indent, width=10_000)
    if flow or not values:
        return text
    remarks = (chance.choice(["", f"  # remark {number}"]) for number in count())
    return "".join(
        f"{line}{remark}\n" for line, remark in zip(text.splitlines(), remarks, strict=False)
    )


MAY_GO = {"a", "flavour", "groups", "images", "kubernetes", "mirror", "oldLogin", "proxy"}
MAY_GO |= {"staff", "url"}
"""First words of lines that are removed, and of those that may be left with nothing below them."""


@settings(max_examples=250, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_migrated_means_what_it_meant_and_uses_nothing_that_is_gone(
    seed: int, past: tuple[Deprecation, ...], shape: Shape
) -> None:
    chance = random.Random(seed)  # noqa: S311
    both = written(chance)
    text = text_of(both.once, chance)

    after, refused = migrated(text.encode(), "site.yaml", past)

    if refused:
        # A remark cannot go into braces; nothing else here is beyond us.
        assert ["no place in brackets" in each.message for each in refused] == [True]
        assert after == text.encode()
        return
    today = layer(after)
    assert json.dumps(today.values, sort_keys=True) == json.dumps(both.today, sort_keys=True)
    assert [each for each in findings([today], past) if each.severity is Severity.ERROR] == []
    assert migrated(after, "site.yaml", past) == (after, ())
    assert shape(today) == []
    for line in text.splitlines():
        word = re.search("[A-Za-z]+", line)
        if word and word[0] not in MAY_GO and "  # " in line:
            assert line.partition("  # ")[2] in after.decode()
