"""Everything that `carrel gen` makes, in one place: the same files whoever asks."""

from collections.abc import Mapping
from pathlib import Path

from carrel.build.crds import OUTPUT_FOLDER, crd_files
from carrel.build.values_docs import values_docs
from carrel.build.values_schema import values_schema
from carrel.build.values_yaml import values_yaml
from carrel.schema.bundle import Schema

GENERATED_FOLDERS = (OUTPUT_FOLDER,)
"""Folders below the root in which every file is generated."""


def generated_files(root: Path, schema: Schema) -> Mapping[str, str]:
    """The files that are made and never edited: path below `root` → text, sorted by path.

    Args:
        root: the project, with generator/catalogue and generator/templates.
        schema: generator/schema, loaded.
    """
    generator = root / "generator"
    files = {
        "chart/values.yaml": values_yaml(schema),
        "chart/values.schema.json": values_schema(schema),
        "docs/values.md": values_docs(schema, generator / "templates"),
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
