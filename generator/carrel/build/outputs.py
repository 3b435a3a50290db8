"""Everything that `carrel gen` makes, in one place: the same files whoever asks."""

from collections.abc import Mapping
from pathlib import Path

from carrel import deprecation_list
from carrel.build.crds import OUTPUT_FOLDER, crd_files
from carrel.build.deprecations import deprecations_json
from carrel.build.editor_schema import editor_schemas
from carrel.build.errors_docs import errors_docs
from carrel.build.values_docs import values_docs
from carrel.build.values_schema import values_schema
from carrel.build.values_yaml import values_yaml
from carrel.codes import ERRORS_PAGE
from carrel.schema.bundle import Schema
from carrel.schema.tombstones import for_chart

GENERATED_FOLDERS = (OUTPUT_FOLDER,)
"""Folders below the root in which every file is generated."""


def generated_files(root: Path, schema: Schema) -> Mapping[str, str]:
    """The files that are made and never edited: path below `root` → text, sorted by path.

    Args:
        root: the project, with generator/catalogue and generator/templates.
        schema: generator/schema, loaded.
    """
    generator = root / "generator"
    deprecations = deprecation_list.load(root)
    files = {
        "chart/values.yaml": values_yaml(schema),
        "chart/files/deprecations.json": deprecations_json(deprecations, schema),
        "chart/values.schema.json": values_schema(for_chart(schema, deprecations)),
        ERRORS_PAGE: errors_docs(root),
        "docs/values.md": values_docs(schema, generator / "templates"),
        **editor_schemas(schema),
        **crd_files(generator / "catalogue"),
    }
    return dict(sorted(files.items()))


def stale_files(root: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    """Files in the generated folders that nothing makes any more: paths below `root`, sorted."""
    present = (
        path.relative_to(root).as_posix()
        for folder in GENERATED_FOLDERS
        for path in (root / folder).rglob("*")
        if path.is_file()
    )
    return tuple(sorted(path for path in present if path not in files))
