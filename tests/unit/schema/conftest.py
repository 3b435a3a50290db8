"""The project's schema, schemas written for one test, and what is said about values."""

from collections.abc import Callable
from pathlib import Path

import pytest

from carrel.diagnostics import Diagnostic
from carrel.layers import Layer, resolve
from carrel.schema.bundle import Schema, load
from carrel.schema.check import check_layers
from carrel.yamlio.reader import read_values

SchemaWriter = Callable[..., Schema]
Judge = Callable[..., list[Diagnostic]]


@pytest.fixture(scope="session")
def project_schema(project_root: Path) -> Schema:
    """generator/schema."""
    return load(project_root / "generator" / "schema")


@pytest.fixture
def schema_of(tmp_path: Path) -> SchemaWriter:
    """A schema from the text of its properties and definitions, as one file."""

    def write(properties: str, definitions: str = "{}") -> Schema:
        folder = tmp_path / "schema"
        folder.mkdir(exist_ok=True)
        parts = {"properties": properties, "definitions": definitions}
        text = "title: Desks\norder: 1\nintro: All about desks.\n"
        for key, part in parts.items():
            lines = part.strip("\n").splitlines()
            text += f"{key}:\n" + "".join(f"  {line}\n" for line in lines)
        (folder / "desks.yaml").write_text(text, "utf-8")
        return load(folder, "schema")

    return write


@pytest.fixture(scope="session")
def judge() -> Judge:
    """What is found in files of values, one text after another laid over the schema's defaults.

    The files are called 1.yaml, 2.yaml and so on.
    """

    def find(schema: Schema, *texts: str) -> list[Diagnostic]:
        layers = []
        for number, text in enumerate(texts, 1):
            document, found = read_values(text.encode(), f"{number}.yaml")
            assert document is not None, found
            places = (document.keys, document.spans, document.literals)
            layers.append(Layer("site", f"{number}.yaml", document.values, *places))
        resolved = resolve(schema.defaults(), layers)
        return list(check_layers(layers, resolved, schema))

    return find
