"""A site's own objects."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values

_SECRET = ("v1", "Secret")


def check(values: Values) -> Iterator[Diagnostic]:
    """No secret in values: they lie in repositories, in manifests and in the release's record."""
    for name, entry in values["extraObjects"].items():
        if (entry["apiVersion"], entry["kind"]) != _SECRET:
            continue
        for field in ("data", "stringData"):
            if entry.get(field):
                yield values.error(
                    "E280",
                    ("extraObjects", name, field),
                    "everyone who may read the values or the manifests would read this Secret; "
                    "make it in the cluster by other means and leave it out here",
                )
