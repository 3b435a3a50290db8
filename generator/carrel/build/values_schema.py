"""chart/values.schema.json: what Helm refuses values by."""

from carrel.build.schemas.json_text import json_text
from carrel.schema.bundle import Schema


def values_schema(schema: Schema) -> str:
    """The text of chart/values.schema.json."""
    return json_text(schema.validator_schema())
