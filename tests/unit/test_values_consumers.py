"""No value without somebody who reads it, and nobody who reads a value that is not there."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.build.consumers import check_consumers
from carrel.schema.bundle import load

SCHEMA = """\
title: Desks
order: 1
intro: All about desks.
properties:
  desk:
    type: object
    description: A desk.
    properties:
      width: {type: integer, description: Width., default: 120}
      labels: {type: object, description: L., default: {}, additionalProperties: {type: string}}
      lamp: {type: object, description: L., properties: {lit: {type: boolean, default: true}}}
  people:
    type: object
    description: By name.
    default: {}
    additionalProperties: {type: object, properties: {seat: {type: integer, default: 1}}}
"""
ALL = (
    "{{ .Values.desk.width }}{{ toYaml .Values.desk.labels }}"
    "{{ if .Values.desk.lamp.lit }}{{ end }}"
    "{{ range .Values.people }}{{ .seat }}{{ end }}"
)

Finder = Callable[..., list[str]]


@pytest.fixture
def find(tmp_path: Path) -> Finder:
    """What is found in a chart with these templates, and a generator with this code."""

    def run(template: str, helpers: str = "", code: str = "", schema: str = SCHEMA) -> list[str]:
        files = {
            "generator/schema/desks.yaml": schema,
            "generator/carrel/module.py": code,
            "chart/templates/one.yaml": template,
            "chart/templates/_lib/helpers.tpl": helpers,
        }
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, "utf-8")
        found = check_consumers(tmp_path, load(tmp_path / "generator" / "schema"))
        return [f"{each.span} {each.path}" if each.path else each.message for each in found]

    return run


def test_the_project_s_values_and_templates_agree(project_root: Path) -> None:
    schema = load(project_root / "generator" / "schema")

    assert [each.text() for each in check_consumers(project_root, schema)] == []


def test_values_that_are_all_read_are_fine(find: Finder) -> None:
    assert find(ALL) == []


def test_a_value_that_nothing_reads_is_named_where_it_is_declared(find: Finder) -> None:
    assert find(ALL.replace("{{ .Values.desk.width }}", "")) == [
        "generator/schema/desks.yaml:9:7 desk.width"
    ]
    assert find(ALL.replace("{{ .seat }}", "")) == [
        "generator/schema/desks.yaml:16:55 people.<name>.seat"
    ]


def test_a_value_that_is_not_declared_is_named_where_it_is_read(find: Finder) -> None:
    assert find(ALL + "\n{{ .Values.desk.height }}") == ["chart/templates/one.yaml:2:1 desk.height"]
    assert find(ALL + "{{ range .Values.people }}{{ .set }}{{ end }}") == [
        "chart/templates/one.yaml:1:1 people.<name>.set"
    ]
    assert find(ALL + "\n\n{{ if .Values.chair }}{{ end }}") == [
        "chart/templates/one.yaml:3:1 chair"
    ]
    assert find(ALL + '{{ if hasKey .Values.desk "height" }}{{ end }}') == [
        "chart/templates/one.yaml:1:1 desk.height"
    ]


@pytest.mark.parametrize(
    "template",
    [
        "{{ $desk := .Values.desk }}{{ $desk.width }}",
        "{{ with .Values.desk }}{{ .width }}{{ end }}",
        "{{ with .Values.desk }}{{ $.Values.desk.width }}{{ end }}",
        "{{ with $desk := .Values.desk }}{{ $desk.width }}{{ end }}",
        "{{ if false }}{{ else if .Values.desk.width }}{{ end }}",
        "{{ range $i := list 1 2 }}{{ $.Values.desk.width }}{{ end }}",
        '{{ include "inner" (dict "root" $ "desk" .Values.desk) }}',
        '{{ include "outer" . }}',
        '{{ include "outer" (dict "Values" .Values) }}',
        '{{ template "outer" . }}',
        '{{ include (printf "%s" "outer") . }}',
        '{{ get .Values.desk "width" }}',
        '{{ index .Values "desk" "width" }}',
        '{{ (index .Values "desk").width }}',
        '{{ dig "desk" "width" 5 .Values }}',
        '{{ $key := "width" }}{{ get .Values.desk $key }}',
        "{{ .Values.desk.width | default 3 | quote }}",
        "{{ get .Values.people .Values.desk.width }}",
        "{{ index .Values.people .Values.desk.width }}",
        "{{ (default (dict) .Values.desk).width }}",
        "{{ $all := list .Values.desk }}{{ range $all }}{{ .width }}{{ end }}",
        "{{ $found := dict }}{{ if 1 }}{{ $found = .Values.desk }}{{ end }}{{ $found.width }}",
        "{{/* a comment with }} in it */}}{{- .Values.desk.width -}}",
        '{{ "a }} in a string" }}{{ .Values.desk.width }}',
    ],
)
def test_a_value_is_followed_to_where_it_is_read(find: Finder, template: str) -> None:
    helpers = (
        '{{ define "outer" }}{{ include "inner" (dict "desk" .Values.desk) }}{{ end }}'
        '{{ define "inner" }}{{ $desk := .desk }}{{ $desk.width }}{{ end }}'
    )

    assert find(ALL.replace("{{ .Values.desk.width }}", template), helpers) == []


@pytest.mark.parametrize(
    "template",
    [
        "{{ $desk := .Values.desk }}",
        "{{ if .Values.desk }}{{ end }}",
        "{{ with .Values.desk }}{{ end }}",
        '{{ include "inner" (dict "desk" .Values.desk) }}',
        '{{ define "unused" }}{{ .Values.desk.width }}{{ end }}',
        "{{/* .Values.desk.width */}}",
    ],
)
def test_holding_a_block_is_not_reading_what_is_in_it(find: Finder, template: str) -> None:
    helpers = '{{ define "inner" }}{{ .desk.labels }}{{ end }}'

    assert find(ALL.replace("{{ .Values.desk.width }}", template), helpers) == [
        "generator/schema/desks.yaml:9:7 desk.width"
    ]


def test_a_value_for_the_generator_must_be_read_there(find: Finder) -> None:
    schema = SCHEMA.replace("default: 120", "default: 120, x-consumer: generator")
    template = ALL.replace("{{ .Values.desk.width }}", "")

    assert find(template, code="print('width')", schema=schema) == []
    assert find(template, schema=schema) == ["generator/schema/desks.yaml:9:7 desk.width"]


def test_what_one_component_leaves_out_a_shared_helper_may_ask_for(find: Finder) -> None:
    schema = """\
title: Desks
order: 1
intro: All about desks.
definitions:
  lamp:
    type: object
    description: A lamp.
    properties: {a: {type: integer, default: 1}, b: {type: integer, default: 1}}
properties:
  lamps:
    type: object
    description: All.
    properties: {one: {x-extends: lamp, x-omit: [b]}, two: {x-extends: lamp}}
"""
    helpers = '{{ define "lamp" }}{{ .lamp.a }}{{ .lamp.b }}{{ end }}'
    shared = '{{ include "lamp" (dict "lamp" $lamp) }}'
    template = "{{ range $name, $lamp := .Values.lamps }}" + shared + "{{ end }}"
    both = "".join(f"{{{{ $lamp := .Values.lamps.{name} }}}}{shared}" for name in ("one", "two"))

    assert find(template, helpers, schema=schema) == []
    assert find(both, helpers, schema=schema) == []


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ .Values.desk.width", "an action is not closed"),
        ("{{ if .Values.desk }}", "an end is missing"),
        ("{{ end }}", "end without a beginning"),
        ("{{ else }}", "else without if"),
        ("{{ (.Values.desk }}", "a ) is missing"),
        ("{{ .Values.desk ] }}", "not understood: ]"),
        ('{{ include "nowhere" . }}', "there is no template nowhere"),
        ("{{ include .Values.desk . }}", "it is unknown what include runs"),
    ],
)
def test_a_template_that_cannot_be_followed_is_said_to_be_so(
    find: Finder, template: str, message: str
) -> None:
    assert find(template) == [message]
