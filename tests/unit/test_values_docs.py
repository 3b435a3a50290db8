"""docs/values.md lists every key that can be written, in tables that Markdown shows as such."""

import re
from pathlib import Path

import pytest

from carrel.build.annotations import keys
from carrel.build.values_docs import chapters, values_docs
from carrel.schema.bundle import Schema, load


@pytest.fixture(scope="module")
def templates(project_root: Path) -> Path:
    return project_root / "generator" / "templates"


@pytest.fixture(scope="module")
def schema(project_root: Path) -> Schema:
    return load(project_root / "generator" / "schema")


@pytest.fixture(scope="module")
def text(schema: Schema, templates: Path) -> str:
    return values_docs(schema, templates)


def test_every_key_outside_of_components_is_in_a_table(schema: Schema, text: str) -> None:
    for name, node in schema.root["properties"].items():
        if name != "components":
            for key in keys(node, (name,)):
                below = key.node.get("properties") and "default" not in key.node
                assert below or f"| `{key.dotted}` |" in text


def test_keys_that_components_share_are_listed_once(text: str) -> None:
    assert text.count("| `podSecurityContext` |") == 1
    assert (
        "| `resources.requests` | map of strings or numbers | `{cpu: 50m, memory: 256Mi}` |" in text
    )


def test_every_row_has_the_four_cells_of_its_table(text: str) -> None:
    rows = [line for line in text.splitlines() if line.startswith("|")]

    assert len(rows) > 100
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_no_placeholder_is_left_that_markdown_would_hide(text: str) -> None:
    outside = re.sub(r"`[^`]*`|<!--.*?-->", "", text)

    assert "<" not in outside


def test_tables_and_headings_stand_apart_from_what_is_above_them(text: str) -> None:
    lines = text.splitlines()
    apart = [number for number, line in enumerate(lines) if line.startswith(("| Key", "#"))]

    assert all(number == 0 or lines[number - 1] == "" for number in apart)
    assert "\n\n\n" not in text


def test_links_of_the_contents_lead_to_headings(text: str) -> None:
    links = re.findall(r"^- \[(.*)\]\(#(.*)\)$", text, re.M)
    headings = re.findall(r"^## (.*)$", text, re.M)

    assert [title for title, _ in links] == headings
    assert [anchor for _, anchor in links] == [
        re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings
    ]


def test_a_cell_cannot_break_its_table(tmp_path: Path) -> None:
    (tmp_path / "desks.yaml").write_text(
        "title: Desks\norder: 1\nintro: Desks.\nproperties:\n"
        "  wood: {type: string, description: Oak | ash in <place>., default: a|b, x-scope: P}\n"
    )

    (chapter,) = chapters(load(tmp_path))

    assert chapter.tables[0].rows[0].meaning == r"Oak \| ash in &lt;place>."
    assert chapter.tables[0].rows[0].default == r'`"a\|b"`'
