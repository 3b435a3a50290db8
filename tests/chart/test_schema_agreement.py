"""Helm and Carrel refuse the same values: each sentence of ours is one that Helm has a reason for.

Every supported Helm validates with the shipped chart/values.schema.json, so these tests also prove
that it says what generator/schema says, and that the patterns mean the same to Go and to Python.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from carrel.build.values_schema import values_schema
from carrel.build.values_yaml import values_yaml
from carrel.layers import Layer, resolve
from carrel.schema.bundle import Schema, default_of, load
from carrel.schema.check import Validator
from carrel.schema.patterns import fits
from carrel.schema.source import Node
from carrel.tools.helm import Helm, TemplateFailure
from carrel.yamlio.reader import read_values

Steps = tuple[str | int, ...]
Refusal = tuple[str, str]
Refuse = Callable[[dict[str, Any]], set[Refusal]]

LINE = re.compile(r"^( *)- at '(.*?)': (.*)$", re.S)
WRONG: list[Any] = [
    None, True, 0, 1, -1, 1.5, 2.0, 1e300, 10**12, "", "x", "X", "a b", "a\n", "-", "4Gi",
    "*", "none", "é", "x" * 5000, [], [""], ["a", "a"], [1, 1.0], [{}], {}, {"x": 1}, {"x": None},
]  # fmt: skip
"""Values put in the place of every value there is, one after another."""

FOR_BLOCKS: list[Any] = [None, True, "", [], {}, {"x": 1}]
"""Those of them that are put in the place of maps and lists too."""


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


@pytest.fixture(scope="module")
def chart(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart with our values and schema, whose only template prints a letter."""
    return written_chart(
        tmp_path_factory.mktemp("chart"), values_schema(schema), values_yaml(schema)
    )


def written_chart(folder: Path, schema: str, values: str = "{}") -> Path:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: carrel\nversion: 0.1.0\n",
        "charts/crds/Chart.yaml": "apiVersion: v2\nname: crds\nversion: 0.1.0\n",
        "values.yaml": values,
        "values.schema.json": schema,
        "templates/one.yaml": "a: 1\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def helm_refuses(helm: Helm, chart: Path, tmp_path: Path) -> Refuse:
    return lambda values: refusals(helm, chart, tmp_path, values)


def refusals(helm: Helm, chart: Path, folder: Path, values: dict[str, Any]) -> set[Refusal]:
    """What Helm refuses in values: JSON pointer, and the name of a key or ""."""
    file = folder / "values.json"
    file.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    try:
        helm.template(
            chart, release="carrel", namespace="one", values=[file], kube_version="1.36.0"
        )
    except TemplateFailure as failure:
        if "don't meet the specifications of the schema" not in failure.stderr:
            raise
        return set(parsed(failure.stderr))
    return set()


def parsed(stderr: str) -> Iterator[Refusal]:
    lines = [match for match in map(LINE.match, re.split(r"\n(?= *- at )", stderr)) if match]
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        name = re.match(r"invalid propertyName '(.*)'$", line[3].strip(), re.S)
        if name:
            yield "name", name[1]
        elif following is None or len(following[1]) <= len(line[1]):
            missing = re.match(r"missing propert(?:y|ies) (.*)$", line[3].strip(), re.S)
            unknown = re.match(r"additional properties (.*) not allowed$", line[3].strip(), re.S)
            listed = (missing or unknown or [""] * 2)[1]
            if line[2] or listed or not preceded_by_name(lines, line):
                yield from (
                    (line[2], each) for each in re.findall(r"'(.*?)'(?:, |$)", listed) or [""]
                )


def preceded_by_name(lines: list[re.Match[str]], line: re.Match[str]) -> bool:
    """Whether a line is about the text of a key, which Helm places at ''."""
    before = lines[lines.index(line) - 1]
    return "invalid propertyName" in before[3]


def own_refusals(schema: Schema, values: dict[str, Any]) -> set[Refusal]:
    """The same from our validator."""
    document, found = read_values(json.dumps(values).encode(), "values.json")
    assert document is not None, found
    layer = Layer("site", "values.json", document.values, document.keys, document.spans)
    resolved = resolve(schema.defaults(), [layer]).values
    return {
        refusal
        for error in Validator(schema.root).iter_errors(resolved)
        for refusal in refusals_of(error)
    }


def refusals_of(error: Any) -> Iterator[Refusal]:
    pointer = "".join(
        "/" + str(step).replace("~", "~0").replace("/", "~1") for step in error.absolute_path
    )
    steps = list(error.absolute_schema_path)
    if "propertyNames" in steps[-2:-1]:
        yield "name", error.instance
    elif error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        yield from ((pointer, name) for name in error.instance if name not in known)
    elif error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield from ((pointer, name) for name in missing)
    else:
        yield pointer, ""


def sample(schema: Schema, node: Node) -> Any:
    """A value that `node` allows, with every key that it knows and an entry in every map."""
    node = schema.effective(node)
    types = node.get("type", "object")
    kind = types if isinstance(types, str) else types[0]
    if kind == "object":
        if node.get("minProperties") and node.get("examples"):
            return node["examples"][0]
        kubernetes = "x-kubernetes" in node or "x-since" not in str(node)
        names = node.get("required", ()) if kubernetes else node.get("properties", ())
        values = {name: sample(schema, node["properties"][name]) for name in names}
        entries = node.get("additionalProperties")
        if isinstance(entries, dict):
            values |= node.get("default", {})
            values |= {sampled_name(node): sample(schema, entries)}
        return values
    if kind == "array" and "items" in node:
        return [sample(schema, node["items"])]
    if node.get("examples"):
        return node["examples"][0]
    if "enum" in node:
        return node["enum"][0]
    if "default" in node:
        return default_of(node)
    return {"boolean": True, "integer": 1, "number": 1, "string": "x"}.get(kind, {})


def sampled_name(node: Node) -> str:
    names = node.get("propertyNames", {})
    candidates = [*names.get("examples", ()), "x", "/x", "X", "example.com/x"]
    return str(next(name for name in candidates if fits(names.get("pattern", "^"), name)))


def places(value: Any, path: Steps = ()) -> Iterator[Steps]:
    """The paths of all values, those of maps and lists after what they hold."""
    if isinstance(value, dict | list):
        for step, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(below, (*path, step))
    if path:
        yield path


def height(values: Any, path: Steps) -> int:
    """How deep the value at `path` is, 0 for one that holds no other."""
    for step in path:
        values = values[step]
    return max((len(below) for below in places(values)), default=0)


def replaced(values: Any, path: Steps, wrong: Any) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = wrong


@pytest.fixture(scope="module")
def full(schema: Schema) -> dict[str, Any]:
    """Values that set everything there is to set."""
    values: dict[str, Any] = sample(schema, schema.root)
    return values


def test_values_that_set_everything_are_accepted(
    schema: Schema, full: dict[str, Any], helm_refuses: Refuse
) -> None:
    assert len(list(places(full))) > 300
    assert own_refusals(schema, full) == set()
    assert helm_refuses(full) == set()
    assert helm_refuses({}) == set()


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: json.dumps(wrong)[:20])
def test_a_value_in_the_place_of_every_other_is_refused_in_the_same_places(
    schema: Schema, full: dict[str, Any], helm_refuses: Refuse, wrong: Any
) -> None:
    """First all values that hold no others, then what holds those, up to the top."""
    heights = sorted({height(full, path) for path in places(full)})
    for each in heights if wrong in FOR_BLOCKS else heights[:1]:
        values = json.loads(json.dumps(full))
        for path in places(full):
            # A subchart's values must be a map, or Helm refuses them before any schema does.
            if height(full, path) == each and path != ("crds",):
                replaced(values, path, wrong)

        assert helm_refuses(values) == own_refusals(schema, values)


def test_a_user_s_global_values_are_let_through(helm_refuses: Refuse) -> None:
    """Helm puts them into every chart by itself, so the schema must not stand in the way."""
    assert helm_refuses({"global": {"a": 1}, "crds": {"enabled": False}}) == set()


def key_paths(values: Any, node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of all keys in the defaults that the schema names."""
    for key, value in values.items() if isinstance(values, dict) else ():
        properties = node.get("properties", {})
        if key in properties:
            yield (*path, key)
        below = properties.get(key, node.get("additionalProperties"))
        if isinstance(below, dict):
            yield from key_paths(value, below, (*path, key))


@pytest.mark.parametrize("at", [0, 1, -1])
def test_every_key_that_is_one_letter_wrong_is_refused(
    schema: Schema, helm_refuses: Refuse, at: int
) -> None:
    values: dict[str, Any] = {}
    expected = set()
    for path in key_paths(schema.defaults(), schema.root):
        letters = list(path[-1])
        letters[at] = "q" if letters[at] != "q" else "z"
        place = values
        for step in path[:-1]:
            place = place.setdefault(step, {})
        place["".join(letters)] = 1
        expected.add(("".join(f"/{step}" for step in path[:-1]), "".join(letters)))

    assert len(expected) > 250
    assert helm_refuses(values) == expected


ALPHABET = "abzAZ019-._/:@+*~ \t\n\x00é€😀Ω"


def strings(pattern: str, examples: list[str]) -> list[str]:
    """Texts that `pattern` is tried on, the same every time."""
    chance = random.Random(pattern)  # noqa: S311
    seeds = [*examples, "a", "a-b", "4Gi", "a.b/c", "a@b.c", "A1", "/a", "none", ""]
    texts = set(seeds)
    for seed in seeds:
        texts |= {seed + "\n", "\n" + seed, seed + " ", seed.upper(), seed * 2, f"{seed}\n{seed}"}
        for _ in range(20):
            at = chance.randrange(len(seed) + 1)
            letter = chance.choice(ALPHABET + pattern)
            texts |= {seed[:at] + letter + seed[at:], seed[:at] + letter + seed[at + 1 :]}
    for _ in range(150):
        texts.add("".join(chance.choices(ALPHABET + pattern, k=chance.randrange(1, 12))))
    return sorted(texts)


def patterns(node: Any) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            examples = [*node.get("examples", ()), node.get("default")]
            yield node["pattern"], [each for each in examples if isinstance(each, str)]
        for below in node.values():
            yield from patterns(below)
    elif isinstance(node, list):
        for below in node:
            yield from patterns(below)


def test_patterns_mean_the_same_to_go_and_to_python(
    schema: Schema, helm: Helm, tmp_path: Path
) -> None:
    corpus: dict[str, list[str]] = {}
    for pattern, examples in patterns(schema.root):
        corpus.setdefault(pattern, []).extend(examples)
    tried = {pattern: strings(pattern, examples) for pattern, examples in corpus.items()}
    chart = written_chart(
        tmp_path / "chart",
        json.dumps(
            {
                "properties": {
                    f"p{number}": {"items": {"pattern": pattern}}
                    for number, pattern in enumerate(tried)
                }
            }
        ),
    )
    values = {f"p{number}": texts for number, texts in enumerate(tried.values())}

    refused = {pointer for pointer, _ in refusals(helm, chart, tmp_path, values)}

    assert len(tried) > 20
    for number, (pattern, texts) in enumerate(tried.items()):
        verdicts = {text: fits(pattern, text) for text in texts}
        assert set(verdicts.values()) == {True, False}, pattern
        assert {
            text: f"/p{number}/{index}" not in refused for index, text in enumerate(texts)
        } == verdicts, pattern
