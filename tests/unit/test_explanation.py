"""Where a value comes from, what it means and what is made of it."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carrel import explanation_report as report
from carrel import path_notation, set_values, upstream
from carrel.build.consumers import (
    Consumer,
    chart_templates,
    generator_consumers,
    template_consumers,
)
from carrel.build.template_reads import reads
from carrel.default_places import DefaultPlaces
from carrel.derivations import DERIVATIONS, Derivation, derivations_from
from carrel.diagnostics import Diagnostic, dotted
from carrel.errors import UsageError
from carrel.explanation import Explanation, explain, pattern_of, provenance, provenances
from carrel.layers import Layer, LayerName, Resolved, resolve
from carrel.schema.bundle import Schema, load
from carrel.yamlio.reader import read_file, read_values

SCHEMA = """\
title: Desks
order: 1
intro: All about desks.
definitions:
  person:
    type: object
    description: A person.
    required: [seat]
    properties:
      seat: {type: integer, description: S., minimum: 1}
      tea: {type: boolean, description: Tea., default: false}
properties:
  desk:
    type: object
    description: A desk.
    x-scope: PT
    x-since: 0.1.0
    properties:
      width:
        type: integer
        description: Width.
        default: 120
        x-since: 0.2.0
      lamp: {type: object, description: Lamp., properties: {lit: {type: boolean, default: true}}}
      notes: {type: array, description: N., default: [], items: {type: string, description: N.}}
  people:
    type: object
    description: By name.
    x-key: person
    additionalProperties: {$ref: "#/definitions/person"}
    default:
      ada: {seat: 1, tea: true}
"""


class Desk:
    """The schema above, in a folder, and layers over its defaults."""

    def __init__(self, folder: Path, schema: str = SCHEMA) -> None:
        (folder / "desks.yaml").write_text(schema, "utf-8")
        self.schema = load(folder, "schema")
        self.places = DefaultPlaces(
            self.schema, lambda file: read_file(folder / Path(file).name, file)[0]
        )

    def resolved(self, *sets: str, **files: str) -> Resolved:
        """The values of a platform's, a site's and a tenants' file, and of --set."""
        layers = [_layer(name, files[name]) for name in _NAMES if name in files]
        assigned, found = set_values.parse(sets)
        assert found == ()
        return resolve(self.schema.defaults(), [*layers, assigned])

    def explain(self, path: str, *sets: str, **files: str) -> Explanation | Diagnostic:
        parsed = path_notation.parse(path)
        return explain(parsed, self.resolved(*sets, **files), self.schema, self.places)

    def known(self, path: str, *sets: str, **files: str) -> Explanation:
        explained = self.explain(path, *sets, **files)
        assert isinstance(explained, Explanation)
        return explained

    def chain(self, path: str, *sets: str, **files: str) -> list[str]:
        return [
            f"{said.span} {said.value}" for said in self.known(path, *sets, **files).value.chain
        ]


_NAMES: tuple[LayerName, ...] = ("platform", "site", "tenants")


def _layer(name: LayerName, text: str) -> Layer:
    document, found = read_values(text.encode(), name)
    assert document is not None, found
    return Layer(name, name, document.values, document.keys, document.spans, document.literals)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="session")
def schema(project_root: Path) -> Schema:
    """The real schema."""
    return load(project_root / "generator" / "schema")


# Paths


@given(
    st.lists(
        st.one_of(st.text(max_size=8), st.integers(0, 999), st.sampled_from(["a.b@x", '\\"', "-"])),
        min_size=1,
        max_size=5,
    )
)
def test_a_path_is_read_as_findings_write_it(steps: list[str | int]) -> None:
    assert path_notation.parse(dotted(tuple(steps))) == tuple(steps)


def test_a_key_with_harmless_marks_needs_no_quotes() -> None:
    assert path_notation.parse("gpus.com/gpu") == ("gpus", "com/gpu")


@pytest.mark.parametrize(
    "text",
    ["", ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", 'a["b]', "a]", "a b", 'a["b"]c', "a.[0]"],
)
def test_what_is_no_path_is_a_sentence(text: str) -> None:
    with pytest.raises(UsageError, match="write one as tenants"):
        path_notation.parse(text)


# Layers


def test_the_layer_that_counts_comes_first_and_the_default_last(desk: Desk) -> None:
    chain = desk.chain(
        "desk.width", "desk.width=3", platform="desk: {width: 1}", site="desk:\n  width: 2\n"
    )

    assert chain == [
        "--set:1:12 3",
        "site:2:10 2",
        "platform:1:15 1",
        "schema/desks.yaml:22:18 120",
    ]


def test_an_untouched_value_is_a_default_with_its_place(desk: Desk) -> None:
    value = desk.known("desk.width").value

    assert (value.state, value.value) == ("default", 120)
    assert [str(said.span) for said in value.chain] == ["schema/desks.yaml:22:18"]


def test_a_default_inside_a_default_is_found_there_and_not_at_the_entrys_own(desk: Desk) -> None:
    assert desk.chain("people.ada.tea") == ["schema/desks.yaml:32:27 True"]
    assert desk.chain("desk.lamp.lit") == ["schema/desks.yaml:24:91 True"]


def test_an_entry_of_the_sites_own_has_no_default(desk: Desk) -> None:
    assert desk.chain("people.bob.seat", site="people: {bob: {seat: 4}}") == ["site:1:22 4"]


def test_a_null_that_deletes_a_default_says_so(desk: Desk) -> None:
    value = desk.known("people.ada", site="people: {ada: null}").value

    assert (value.state, value.value) == ("deleted", None)
    assert [str(said.span) for said in value.chain] == ["site:1:15", "schema/desks.yaml:32:12"]


def test_what_is_in_a_deleted_map_was_deleted_by_the_same_null(desk: Desk) -> None:
    value = desk.known("people.ada.seat", site="people: {ada: null}").value

    assert (value.state, str(value.chain[0].span)) == ("deleted", "site:1:15")


def test_a_declared_key_that_nobody_sets_is_not_set(desk: Desk) -> None:
    explained = desk.known("people.bob.tea", site="people: {bob: {seat: 4}}")

    assert (explained.value.state, explained.value.chain) == ("unset", ())
    assert explained.node is not None
    assert explained.node["default"] is False


def test_of_a_map_every_layer_counts_and_each_value_in_it_has_its_own(desk: Desk) -> None:
    explained = desk.known("desk", site="desk: {width: 9}", platform="desk: {lamp: {lit: false}}")

    assert [said.layer for said in explained.value.chain] == ["site", "platform", "default"]
    assert [(dotted(each.path), each.chain[0].layer, each.value) for each in explained.below] == [
        ("desk.width", "site", 9),
        ("desk.lamp.lit", "platform", False),
        ("desk.notes", "default", []),
    ]


def test_a_list_is_one_value_whose_items_have_places(desk: Desk) -> None:
    site = "desk: {notes: [a, b]}"

    assert desk.known("desk.notes", site=site).below == ()
    assert desk.chain("desk.notes[1]", site=site) == ["site:1:19 b"]


def test_all_values_are_those_of_the_tree_with_what_is_deleted_last(desk: Desk) -> None:
    resolved = desk.resolved(site="people: {ada: null, bob: {seat: 2}}")
    values = list(provenances(resolved, desk.places))

    assert [(dotted(each.path), each.state) for each in values] == [
        ("desk.width", "default"),
        ("desk.lamp.lit", "default"),
        ("desk.notes", "default"),
        ("people.bob.seat", "set"),
        ("people.ada", "deleted"),
    ]


@pytest.mark.parametrize(
    ("site", "differing"),
    [
        ("desk: {width: 120}", []),
        ("desk: {width: 121}", ["desk.width"]),
        ("desk: {width: true}", ["desk.width"]),
        ("desk: {lamp: {lit: 1}}", ["desk.lamp.lit"]),
        ("people: {ada: null}", ["people", "people.ada"]),
        ("people: {bob: {seat: 1}}", ["people.bob.seat"]),
        ("desc: 1", ["desc"]),
    ],
)
def test_what_a_site_repeats_of_the_defaults_is_no_difference(
    desk: Desk, site: str, differing: list[str]
) -> None:
    values = provenances(desk.resolved(site=site), desk.places)

    assert [dotted(each.path) for each in values if each.differs] == differing


# The schema


def test_the_schema_s_words_come_from_the_value_or_the_nearest_block(desk: Desk) -> None:
    width, lamp = desk.known("desk.width"), desk.known("desk.lamp.lit")

    assert (width.since, width.scope) == ("0.2.0", "PT")
    assert (lamp.since, lamp.scope) == ("0.1.0", "PT")


@pytest.mark.parametrize(
    ("path", "where", "said", "hint"),
    [
        ("desk.widht", "desk.widht", "unknown key", "did you mean width?"),
        ("dask.width", "dask", "unknown key", "did you mean desk?"),
        ("people.adda", "people.adda", 'there is no person "adda"', "did you mean ada?"),
        ("people.zoe.seat", "people.zoe", 'there is no person "zoe"', "there: ada, a.b@x"),
        ("people.a.b@x.seat", "people.a", "unknown key", 'write people["a.b@x"]'),
        ("people.ada.seat.x", "people.ada.seat.x", "people.ada.seat is a number", ""),
        ("desk.width[0]", "desk.width[0]", "desk.width is a number", ""),
        ("desk.notes[1]", "desk.notes[1]", "desk.notes is a list of 1 item, ", ""),
        ("desk.notes.x", "desk.notes.x", "desk.notes is a list of 1 item, ", ""),
        ("desk[0]", "desk[0]", "unknown key", ""),
    ],
)
def test_a_path_that_leads_nowhere_is_said_to_and_where(
    desk: Desk, path: str, where: str, said: str, hint: str
) -> None:
    found = desk.explain(path, site='{desk: {notes: [a]}, people: {"a.b@x": {seat: 2}}}')

    assert isinstance(found, Diagnostic)
    assert found.path == where
    assert found.message.startswith(said)
    assert found.hint.startswith(hint)


def test_below_a_scalar_in_the_place_of_a_block_there_is_nothing(desk: Desk) -> None:
    found = desk.explain("desk.lamp.lit", site="desk: {lamp: 5}")

    assert isinstance(found, Diagnostic)
    assert found.message == "desk.lamp is a number, and nothing is below it"


def test_a_value_that_only_the_site_knows_is_explained_with_a_hint(desk: Desk) -> None:
    explained = desk.known("desk.widht", site="desk: {widht: 3}")

    assert (explained.value.state, explained.value.value) == ("set", 3)
    assert (explained.node, explained.hint) == (None, "did you mean width?")
    assert desk.known("desk.width").hint == ""


@pytest.mark.parametrize("site", ["desk: 5", "desk: [1]", "people: x", "desk: {lamp: [{lit: 1}]}"])
def test_a_value_of_the_wrong_shape_is_explained_all_the_same(desk: Desk, site: str) -> None:
    for each in provenances(desk.resolved(site=site), desk.places):
        assert desk.known(dotted(each.path), site=site).value == each


# Who uses it


TEMPLATES = {
    "chart/templates/_lib/helpers.tpl": '{{ define "wide" }}{{ .desk.width }}{{ end }}',
    "chart/templates/one.yaml": '{{ include "wide" (dict "desk" .Values.desk) }}',
    "chart/templates/two.yaml": (
        '\n{{ include "wide" (dict "desk" .Values.desk) }}{{ .Values.people }}'
    ),
    "chart/templates/three.yaml": (
        "{{ .Values.desk.width }}\n\n{{ if .Values.desk.width }}{{ end }}"
    ),
}


def test_a_helper_is_named_with_the_templates_that_it_has_a_part_in() -> None:
    assert template_consumers(reads(TEMPLATES), ("desk", "width")) == (
        Consumer(
            "chart/templates/_lib/helpers.tpl",
            (1,),
            ("chart/templates/one.yaml", "chart/templates/two.yaml"),
        ),
        Consumer("chart/templates/three.yaml", (1, 3)),
    )


def test_who_prints_a_whole_map_uses_what_is_in_it() -> None:
    used = template_consumers(reads(TEMPLATES), ("people", "ada", "seat"))

    assert used == (Consumer("chart/templates/two.yaml", (2,)),)


def test_a_block_is_used_by_who_uses_something_in_it() -> None:
    assert len(template_consumers(reads(TEMPLATES), ("desk",))) == 2


def test_the_generator_s_functions_are_named_by_all_keys_of_a_path() -> None:
    code = {
        "a.py": 'def one(v):\n    v["desk"]["width"]\n\n\ndef two(v):\n    v["desk"]\n',
        "b.py": 'DESK = "desk", "width"\n',
    }

    assert generator_consumers(code, ("desk", "width")) == (Consumer("a.py", (1,)),)
    assert generator_consumers(code, ("desk", "*")) == (Consumer("a.py", (1, 5)),)


def test_names_of_entries_are_not_part_of_a_pattern(desk: Desk) -> None:
    assert pattern_of(("people", "ada", "seat"), desk.schema) == ("people", "*", "seat")
    assert pattern_of(("desk", "notes", 0), desk.schema) == ("desk", "notes", "*")
    assert pattern_of(("desk", "widht", "x"), desk.schema) == ("desk", "widht", "x")


# What is made of values

_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "carrel.image": (
        '"image" .Values.components.dashboard.image',
        '"image" (get .Values.notebooks.images "*").image',
    ),
    "carrel.tenant.here": ('"tenant" (get .Values.tenants "*")',),
    "carrel.tenant.members": ('"tenant" (get .Values.tenants "*")',),
}
"""What a helper takes besides the root."""


def _read_by(derivation: Derivation, templates: Mapping[str, str]) -> set[tuple[str, ...]]:
    """The values that a template, or a helper with all that it includes, reads."""
    name = derivation.made_in
    if name in templates:
        return {read.path for read in reads(templates) if read.rendered == name}
    calls = [
        f'{{{{ include "{name}" (dict "root" . {more}) }}}}' for more in _ARGUMENTS.get(name, ("",))
    ]
    found = reads({**templates, "only": "".join(calls)})
    return {read.path for read in found if read.rendered == "only"}


def _within(path: tuple[str, ...], source: str) -> bool:
    steps = source.split(".")
    return len(path) >= len(steps) and all(
        "*" in (step, own) or step == own for own, step in zip(path, steps, strict=False)
    )


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda each: each.made_in)
def test_what_is_derived_is_made_of_the_values_that_are_named(
    derivation: Derivation, project_root: Path
) -> None:
    read = _read_by(derivation, chart_templates(project_root))

    for source in derivation.sources:
        assert any(_within(path, source) for path in read), source
    if derivation.made_in.startswith("carrel."):
        # Of a map, a test that there is one comes before its values.
        others = {
            path
            for path in read
            if not any(_within(path, source) for source in derivation.sources)
            and not any(other[: len(path)] == path != other for other in read)
        }
        assert others == set()


@pytest.mark.parametrize("derivation", DERIVATIONS, ids=lambda each: each.made_in)
def test_sources_of_what_is_derived_are_declared_and_sorted(
    derivation: Derivation, schema: Schema
) -> None:
    assert list(derivation.sources) == sorted(derivation.sources)
    for source in derivation.sources:
        assert pattern_of(tuple(source.replace("*", "dashboard").split(".")), schema) in (
            tuple(source.split(".")),
            tuple(source.replace("*", "dashboard").split(".")),
        )


def test_a_value_decides_what_it_is_a_source_of_a_part_of_or_a_block_around() -> None:
    def made(*pattern: str) -> set[str]:
        return {each.made_in for each in derivations_from(pattern)}

    assert made("gateway", "tls", "mode") == {"carrel.secureCookies"}
    assert made("gateway") == {"carrel.secureCookies", "carrel.gateway"}
    assert "carrel.image" in made("components", "dashboard", "image", "tag")
    assert made("components", "dashboard", "replicas") == set()
    assert "chart/templates/tenants/limitrange.yaml" in made("plans", "*", "largestSize")


def test_every_value_of_the_schema_can_be_explained(schema: Schema, project_root: Path) -> None:
    places = DefaultPlaces(schema, lambda file: read_file(project_root / file, file)[0])
    resolved = resolve(schema.defaults(), [])
    lines = {file: (project_root / file).read_text().splitlines() for file in _files(schema)}

    for each in provenances(resolved, places):
        (said,) = each.chain
        assert said.span is not None
        written = lines[said.span.file][said.span.line - 1][said.span.column - 1 :]
        read, _ = read_values(f"x: {written}".encode(), "x")
        # The whole value is on that line, or what is there is where it begins.
        if read is not None and not isinstance(each.value, dict | list):
            text = json.dumps(each.value) if isinstance(each.value, bool) else str(each.value)
            assert text in str(read.values["x"]) or text in written, each
        explained = explain(each.path, resolved, schema, places)
        assert isinstance(explained, Explanation)
        assert explained.value == each
        report.report_text(explained, report.Uses((), ()), io.StringIO())


def _files(schema: Schema) -> list[str]:
    return [upstream.FILE, *(area.file for area in schema.areas)]


# Printing


def _text(explained: Explanation, uses: report.Uses | None = None) -> str:
    stream = io.StringIO()
    report.report_text(explained, uses or report.Uses((), ()), stream)
    return stream.getvalue()


def test_the_text_says_it_all_in_paragraphs(desk: Desk) -> None:
    uses = report.Uses(
        (Consumer("chart/templates/_lib/a.tpl", (3, 4), ("chart/templates/x.yaml",)),),
        (Consumer("generator/carrel/site.py", (5,)),),
    )

    assert (
        _text(desk.known("desk.width", site="desk: {width: 3}"), uses)
        == """\
desk.width: 3
  site     site:1:15                3  <- counts
  default  schema/desks.yaml:22:18  120

Width.
  type     whole number
  default  120
  since    0.2.0
  read by  the platform release and the tenants releases

used in
  chart/templates/_lib/a.tpl:3,4 for x.yaml

named in
  generator/carrel/site.py:5
"""
    )


def test_a_helper_with_many_templates_names_the_first(desk: Desk) -> None:
    rendered = tuple(f"chart/templates/{letter}.yaml" for letter in "abcde")

    text = _text(desk.known("desk.width"), report.Uses((Consumer("h.tpl", (1,), rendered),), ()))

    assert "  h.tpl:1 for a.yaml, b.yaml, c.yaml, and 2 more\n" in text


def test_a_map_is_shown_with_each_value_and_its_place(desk: Desk) -> None:
    text = _text(desk.known("people", site="people: {ada: {tea: null}, bob: {seat: 7}}"))

    assert text.splitlines()[:3] == [
        "people: a map of 2 keys",
        "  site     site:1:9                a map of 2 keys",
        "  default  schema/desks.yaml:32:7  a map of 1 key",
    ]
    assert "<- counts" not in text
    assert text.partition("values in it\n")[2].splitlines() == [
        "  default  schema/desks.yaml:32:19  people.ada.seat: 1",
        "  site     site:1:40                people.bob.seat: 7",
        "  site     site:1:21                people.ada.tea: deleted by null",
    ]


def test_what_a_terminal_would_act_on_is_escaped(desk: Desk) -> None:
    site = 'people: {"a\\e[2Jb": {seat: 1}}\ndesk: {notes: ["\\e[31m\\u202e"]}'

    text = _text(desk.known("people", site=site)) + _text(desk.known("desk", site=site))

    assert all(character.isprintable() or character == "\n" for character in text)


def test_a_long_value_is_shown_in_full(desk: Desk) -> None:
    long = " ".join(["word"] * 100)

    assert _text(desk.known("desk.notes", site=f"desk: {{notes: [{long}]}}")).count(long) == 3 - 1


def test_json_has_the_same_keys_whatever_there_is_to_say(desk: Desk) -> None:
    shapes = set()
    for path, site in [
        ("desk.width", "desk: {width: 3}"),
        ("people.bob.tea", "people: {bob: {seat: 4}}"),
        ("people.ada", "people: {ada: null}"),
        ("stray", "stray: 1"),
        ("desk", "desk: {}"),
    ]:
        stream = io.StringIO()
        report.report_json("s", desk.known(path, site=site), report.Uses(None, ()), stream)
        entry = json.loads(stream.getvalue())
        shapes.add((*entry,))
        assert entry["usedIn"] is None
        assert (entry["schema"] is None) == (path == "stray")

    assert shapes == {
        (
            "site", "path", "state", "value", "layer", "file", "line", "column",
            "chain", "values", "schema", "usedIn", "namedIn", "decides", "release",
        )
    }  # fmt: skip


def test_a_tenant_s_release_is_the_one_that_renders_it(schema: Schema, project_root: Path) -> None:
    places = DefaultPlaces(schema, lambda file: read_file(project_root / file, file)[0])
    site = "{shards: {count: 2}, tenants: {rates: {owner: a@x}, fx: {owner: a@x}}}"
    resolved = resolve(schema.defaults(), [_layer("site", site)])

    def release(*path: str) -> str | None:
        explained = explain(path, resolved, schema, places)
        assert isinstance(explained, Explanation)
        return explained.release.name if explained.release else None

    # Adler-32 of the names is even and odd.
    assert release("tenants", "rates", "owner") == "carrel-tenants-00"
    assert release("tenants", "fx") == "carrel-tenants-01"
    assert release("tenants") is None
    assert release("shards", "count") is None


def test_provenance_of_nothing_is_nothing(desk: Desk) -> None:
    assert provenance(("no", "where"), desk.resolved(), desk.places).state == "unset"
