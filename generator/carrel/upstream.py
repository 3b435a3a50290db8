"""generator/catalogue/upstream.yaml: what Carrel takes from others, and in which version."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath

from carrel.diagnostics import Diagnostic, Path, Severity, Span
from carrel.k8s.fields import descend, labels, mapping, text
from carrel.schema.source import MalformedSchema
from carrel.yamlio.reader import Document, read_file

FILE = "generator/catalogue/upstream.yaml"

_PARTS = ("registry", "repository", "tag")


@dataclass(frozen=True, slots=True)
class Image:
    """An image as its publisher names it."""

    registry: str
    repository: str
    tag: str

    def block(self) -> dict[str, str]:
        """It as an image block of the values."""
        return {"registry": self.registry, "repository": self.repository, "tag": self.tag}


@dataclass(frozen=True, slots=True)
class Chart:
    """Charts of others that are released together.

    Attributes:
        version: of the charts, as `helm install --version` takes it.
        repository: address of the repository that they are in.
        images: every image that they may start, by a name of ours.
    """

    version: str
    repository: str
    images: Mapping[str, Image]


@dataclass(frozen=True, slots=True)
class Upstream:
    """What Carrel takes from others.

    Attributes:
        release: Kubeflow's release.
        images: every image that a value defaults to, by the name that the schema gives it.
        charts: those of the prerequisites, by the name of their value.
        renames: upstream's objects that have another identity here: theirs → ours, as text.
        keys: where each key is written.
    """

    release: str
    images: Mapping[str, Image]
    charts: Mapping[str, Chart]
    renames: Mapping[str, str]
    keys: Mapping[Path, Span] = field(repr=False)


def load(catalogue: FilePath) -> Upstream:
    """Read upstream.yaml.

    Args:
        catalogue: the folder generator/catalogue.

    Raises:
        MalformedSchema: it cannot be read, or an entry lacks a part.
    """
    document, found = read_file(catalogue / "upstream.yaml", FILE)
    if document is None or any(each.severity is Severity.ERROR for each in found):
        raise MalformedSchema(*found)
    values = document.values
    return Upstream(
        _needed(document, ("release",)),
        _images(document, ("images",)),
        {
            name: Chart(
                _needed(document, ("prerequisites", name, "version")),
                _needed(document, ("prerequisites", name, "repository")),
                _images(document, ("prerequisites", name, "images")),
            )
            for name in mapping(values.get("prerequisites"))
        },
        labels(values.get("renames")),
        document.keys,
    )


def _images(document: Document, path: Path) -> dict[str, Image]:
    return {
        name: Image(*(_needed(document, (*path, name, part)) for part in _PARTS))
        for name in descend(document.values, *map(str, path))
    }


def _needed(document: Document, path: Path) -> str:
    """The text at a path.

    Raises:
        MalformedSchema: there is none.
    """
    *above, last = map(str, path)
    value = text(descend(document.values, *above).get(last))
    if not value:
        span = document.keys.get(path) or document.keys.get(path[:-1]) or Span(FILE, 1, 1)
        message = f"{'.'.join(map(str, path))}, a text, is missing"
        raise MalformedSchema(Diagnostic("E151", Severity.ERROR, message, span))
    return value
