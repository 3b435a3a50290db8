"""Reading fields of objects that nobody has checked yet.

Whether a field has the right type is for the schemas to say; here a field of another type counts
as absent, so that one wrong field never hides what is said about the others.
"""

from collections.abc import Iterator, Mapping

Fields = Mapping[str, object]
"""A mapping of a Kubernetes object."""

_NOTHING: Fields = {}


def mapping(value: object) -> Fields:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def mappings(value: object) -> Iterator[tuple[int, Fields]]:
    """The mappings in a list with their indices."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, dict):
                yield index, item


def strings(value: object) -> list[str]:
    """The strings in a list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def text(value: object) -> str:
    """The value if it is a string, else an empty one."""
    return value if isinstance(value, str) else ""


def descend(value: object, *names: str) -> Fields:
    """The mapping below the names, or an empty one."""
    for name in names:
        value = mapping(value).get(name)
    return mapping(value)


def labels(value: object) -> Mapping[str, str]:
    """The string entries of a mapping, such as labels."""
    return {name: entry for name, entry in mapping(value).items() if isinstance(entry, str)}
