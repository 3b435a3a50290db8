"""Carrel's merge of layers and its reading of `--set` against each Helm."""

import base64
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from carrel import set_values
from carrel.layers import Layer, LayerName, Values, resolve
from carrel.tools.helm import Helm, TemplateFailure
from carrel.yamlio import writer

Triple = tuple[Values, Values, Values]

SUBCHART = "crds"


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart with a subchart, as ours has one, that prints its values."""
    folder = tmp_path / "probe"
    for part in (folder, folder / "charts" / SUBCHART):
        part.mkdir(parents=True)
        (part / "Chart.yaml").write_text(f"apiVersion: v2\nname: {part.name}\nversion: 0.1.0\n")
    with (folder / "Chart.yaml").open("a") as stream:
        stream.write(f'dependencies: [{{name: {SUBCHART}, version: 0.1.0, repository: ""}}]\n')
    (folder / "templates").mkdir()
    (folder / "templates" / "probe.yaml").write_text("# values {{ .Values | toJson | b64enc }}\n")
    (folder / "values.yaml").write_text("")
    return folder


def values_of(
    helm: Helm, chart: Path, layers: Sequence[Values] = (), sets: Sequence[str] = ()
) -> Values:
    """The values that Helm hands to the chart, without what it adds itself."""
    files = []
    for number, layer in enumerate(layers):
        files.append(chart.parent / f"layer-{number}.yaml")
        files[-1].write_text(writer.write(layer))
    output = helm.template(
        chart, release="probe", namespace="probe", values=files, sets=sets, kube_version="1.33.0"
    )
    (line,) = [line for line in output.splitlines() if line.startswith("# values ")]
    values: Values = json.loads(base64.b64decode(line.split()[-1]))
    values.pop("global", None)
    below = values[SUBCHART]
    assert isinstance(below, dict)
    below.pop("global", None)
    return values


def resolved_of(defaults: Values, layers: Sequence[Values], *more: Layer) -> Values:
    names: list[LayerName] = ["platform", "site", "tenants"]
    files = [
        Layer(name, name, each, {}, {}) for name, each in zip(names, layers, strict=False)
    ]  # fmt: skip
    values = resolve(defaults, [*files, *more]).values
    values.setdefault(SUBCHART, {})
    return values


class Maps:
    """Random maps that often meet at the same keys."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311

    def value(self, depth: int, *, nulls: bool) -> object:
        kind = self.random.random()
        if depth and kind < 0.55:
            return self.map(depth, nulls=nulls)
        if nulls and kind < 0.75:
            return None
        if kind < 0.85:
            return self.random.choice([[], [1, 2], [None], [{"a": None}], [{"a": 1}]])
        return self.random.choice([0, 1, "x", "", True, False, {}])

    def map(self, depth: int, *, nulls: bool) -> Values:
        keys = self.random.sample("abcd", self.random.randint(0, 4))
        return {key: self.value(depth - 1, nulls=nulls) for key in keys}

    def cases(self, count: int) -> tuple[Values, Triple]:
        """Defaults and three layers; every key at the top is a case of its own."""
        defaults: Values = {}
        layers: Triple = ({}, {}, {})
        for number in range(count):
            name = f"case{number}"
            if self.random.random() < 0.85:
                defaults[name] = self.value(3, nulls=False)
            for layer in layers:
                if self.random.random() < 0.8:
                    layer[name] = self.value(3, nulls=True)
        defaults[SUBCHART] = self.map(3, nulls=False)
        for layer in layers:
            layer[SUBCHART] = self.map(3, nulls=True)
        return defaults, layers


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_layers_merge_as_helm_merges_files(helm: Helm, chart: Path, seed: int) -> None:
    defaults, layers = Maps(seed).cases(400)
    (chart / "values.yaml").write_text(writer.write(defaults))
    helms, ours = values_of(helm, chart, layers), resolved_of(defaults, layers)
    assert {
        name: (defaults.get(name), [layer.get(name) for layer in layers], ours.get(name), value)
        for name, value in helms.items()
        if name not in ours or ours[name] != value
    } == {}
    assert ours.keys() == helms.keys()


@pytest.mark.parametrize("seed", [4, 5])
def test_the_users_part_in_one_file_does_what_all_files_do(
    helm: Helm, chart: Path, seed: int
) -> None:
    defaults, layers = Maps(seed).cases(300)
    (chart / "values.yaml").write_text(writer.write(defaults))
    user = resolve(defaults, [Layer("site", "f", each, {}, {}) for each in layers]).user
    assert values_of(helm, chart, [user]) == values_of(helm, chart, layers)


# --- --set --------------------------------------------------------------------------------------

ACCEPTED = [
    "K=1", "K.a.b=x", "K.a=1,K.b=2,K.a=3", "K=1,", "K=", "K=,K2=1", "K=b=c", "K=x.y[0]", "K\\.b=1",
    "K=x\\,y,K2=z", "K=C:\\\\dir", "K=x\\", "K\\=b=1", "K={x,1,true,null}", "K={}",
    "K={x\\,y,z},K2=1", "K=\\{x}", "K b= x ", "K\u00e4=\u00e9", "K={a},", "K={,}", "K={ a , b }",
    "K.a={x}", "K=true", "K=TRUE", "K=False", "K=null", "K=NULL", "K.a=null", "K=0", "K=12",
    "K=-5", "K=+5", "K=-0", "K=-05", "K=00", "K=0123", "K=9223372036854775807",
    "K=9223372036854775808", "K=1.5", "K=-9223372036854775808", "K=1e3", "K=0x10", "K=1_000",
    "K=yes", "K=~", "K=+", "K= 1", "K=\u0661", "K=nan", "K=\u017f", "K=fal\u017fe", "K=a:b",
    "K=\"1\"", "K='1'", "K=a\tb", "K=a\nb", "K=#",
]  # fmt: skip

REFUSED = ["a", "x=1,a.b", "a,b=1", "a..b=1", "a=1,,b=1", "a={x,y", "a=1,a.b=2", f"{'a.' * 31}a=1"]


def test_assignments_mean_what_they_mean_to_helm(helm: Helm, chart: Path) -> None:
    sets = [text.replace("K", f"case{number}-") for number, text in enumerate(ACCEPTED)]
    layer, diagnostics = set_values.parse(sets)
    assert diagnostics == ()
    helms, ours = values_of(helm, chart, sets=sets), resolved_of({}, [], layer)
    # What Helm prints as JSON keeps the digits of whole numbers and their type.
    assert json.dumps(ours, sort_keys=True) == json.dumps(helms, sort_keys=True)


@pytest.mark.parametrize("text", REFUSED)
def test_assignments_that_helm_refuses_are_refused(helm: Helm, chart: Path, text: str) -> None:
    _, diagnostics = set_values.parse([text])
    assert [each.code for each in diagnostics] == ["E015"]
    with pytest.raises(TemplateFailure, match="failed parsing --set data"):
        values_of(helm, chart, sets=[text])


def test_assignments_lie_over_all_files(helm: Helm, chart: Path) -> None:
    defaults: Values = {
        "a": {"x": 1, "y": 2},
        "b": [1],
        "c": {"d": {"e": 1}},
        "f": 1,
        "g": {"h": 1},
    }
    layers: list[Values] = [{"a": {"x": 3}, "f": None}, {"b": [2, 3], "g": {"h": None}}]
    sets = ["a.y=4,b={5}", "c.d=null,f=6", "c.n.m=7", "g.i=8"]
    (chart / "values.yaml").write_text(writer.write(defaults))
    layer, _ = set_values.parse(sets)
    ours = resolved_of(defaults, layers, layer)
    assert ours == values_of(helm, chart, layers, sets)
    assert ours == {
        "a": {"x": 3, "y": 4},
        "b": [5],
        "c": {"n": {"m": 7}},
        "f": 6,
        "g": {"i": 8},
        SUBCHART: {},
    }
