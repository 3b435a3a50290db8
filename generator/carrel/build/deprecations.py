"""chart/files/deprecations.json: what the chart says of values that were renamed or removed."""

from collections.abc import Iterable
from typing import Any

from carrel.build.schemas.json_text import json_text
from carrel.deprecations import Deprecation, matches
from carrel.diagnostics import dotted
from carrel.schema.bundle import Schema


def deprecations_json(deprecations: Iterable[Deprecation], schema: Schema) -> str:
    """The text of the file, whose form `_lib/deprecations.tpl` describes."""
    data: dict[str, list[dict[str, Any]]] = {"removed": [], "announced": []}
    for each in deprecations:
        said, certain = each.sentences()
        entry: dict[str, Any] = {"path": list(each.path), "sentence": said}
        if certain:
            entry["values"] = [{"value": old, "sentence": of_old} for old, of_old in certain]
        if not each.removed:
            # By these alone the chart can tell what nobody wrote: Helm fills them in.
            found = matches(schema.defaults(), each.path)
            entry["defaults"] = {dotted(path): value for path, _, value in found}
        data["removed" if each.removed else "announced"].append(entry)
    return json_text(data)
