"""Objects as Helm renders them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from carrel.diagnostics import Diagnostic, Severity, Span
from carrel.k8s.block_style import BlockStyle, Unusual
from carrel.k8s.documents import read_documents
from carrel.k8s.fields import Fields, mapping, text
from carrel.yamlio.reader import Malformed

CHART_FOLDER = "chart"
"""Where the chart lies, from the root of the project."""

EXTRA_OBJECTS_TEMPLATE = f"{CHART_FOLDER}/templates/extra-objects.yaml"
"""The template that renders `extraObjects`."""

_DOCUMENT = re.compile(r"^---\n# Source: (.*)\n", re.MULTILINE)
_CRD = re.compile(
    r"apiVersion: (apiextensions\.k8s\.io/v1)\nkind: (CustomResourceDefinition)\n"
    r"metadata:\n  name: ([a-z0-9.-]+)\n"
)


class Identity(NamedTuple):
    """What tells an object from every other one in a cluster; its API version does not."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """Always four parts: `apps/Deployment/kubeflow/dashboard`, `core/Namespace/-/kubeflow`."""
        return "/".join((self.group or "core", self.kind, self.namespace or "-", self.name))


@dataclass(frozen=True, slots=True)
class RenderedObject:
    """One object of a release.

    Attributes:
        api_version: group and version, or the version alone in the core group.
        kind: its kind.
        namespace: empty when it names none.
        name: its name.
        source: the template that rendered it, from the root of the project.
        text: the YAML that Helm printed, without the `# Source:` line.
        body: its fields; empty for a CustomResourceDefinition, which is never parsed.
        release: the name of its Helm release.
        group: the API group, empty for the core group.
        identity: what tells it from every other object.
    """

    api_version: str
    kind: str
    namespace: str
    name: str
    source: str
    text: str = field(repr=False)
    body: Fields = field(repr=False, default_factory=dict)
    release: str = ""
    group: str = field(init=False, repr=False, compare=False)
    identity: Identity = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Both are asked for many times, and there are many objects.
        group = self.api_version.rpartition("/")[0]
        object.__setattr__(self, "group", group)
        identity = Identity(group, self.kind, self.namespace, self.name)
        object.__setattr__(self, "identity", identity)

    @property
    def is_crd(self) -> bool:
        """Whether it is a CustomResourceDefinition."""
        return self.kind == "CustomResourceDefinition"

    @property
    def is_extra(self) -> bool:
        """Whether it comes from `extraObjects`, so that the site's author wrote it."""
        return self.source == EXTRA_OBJECTS_TEMPLATE

    @property
    def component(self) -> str:
        """The component it belongs to: the folder of its template, or the template's own name."""
        below = self.source.split("/templates/", 1)[-1]
        folder, slash, _ = below.partition("/")
        return folder if slash else below.rpartition(".")[0]


def in_repository(source: str) -> str:
    """The path of a template from the root of the project, from the path that Helm prints."""
    return f"{CHART_FOLDER}/{source.partition('/')[2]}"


def documents(output: str) -> Iterator[tuple[str, str]]:
    """Each template path and document text in what `helm template` printed.

    A line `---` at column 1 cannot stand inside a block scalar that is indented, and Helm has
    already split every template at such lines itself.
    """
    start, source = 0, ""
    for found in _DOCUMENT.finditer(output):
        if source:
            yield in_repository(source), output[start : found.start()]
        start, source = found.end(), found[1]
    if source:
        yield in_repository(source), output[start:]


def read(output: str, release: str) -> tuple[tuple[RenderedObject, ...], tuple[Diagnostic, ...]]:
    """The objects in what `helm template` printed for a release.

    Documents that hold comments only are no objects. A document that is none either way is a
    diagnostic: E410.
    """
    objects, diagnostics = [], []
    found = [*documents(output)]
    bodies = iter(_bodies([text for _, text in found if not _CRD.match(text)]))
    for source, document in found:
        crd = _CRD.match(document)
        if crd:
            objects.append(
                RenderedObject(crd[1], crd[2], "", crd[3], source, document, {}, release)
            )
            continue
        body = next(bodies)
        fault = _fault(body)
        if fault:
            diagnostics.append(_malformed(source, fault))
        elif body is not None:
            objects.append(_object(mapping(body), source, document, release))
    return tuple(objects), tuple(diagnostics)


def _bodies(texts: list[str]) -> list[object]:
    """What is in each document."""
    style, unusual = BlockStyle(), []
    bodies: list[object] = []
    for document in texts:
        try:
            bodies.append(style.read(document))
        except Unusual:
            bodies.append(Unusual)
            unusual.append(document)
    others = iter(_composed(unusual))
    return [next(others) if body is Unusual else body for body in bodies]


def _composed(texts: list[str]) -> list[object]:
    """What is in each document: in one go, or one by one where a document is none or several."""
    try:
        # After each `---` there is one document at least, so that equal numbers mean equal order.
        bodies = read_documents("".join(f"---\n{text}" for text in texts))
    except Malformed:
        bodies = []
    return bodies if len(bodies) == len(texts) else [_body(text) for text in texts]


def _body(text: str) -> object:
    """What is in a document, None for nothing, the exception when it is no YAML."""
    try:
        bodies = read_documents(f"---\n{text}")
    except Malformed as error:
        return error
    return bodies[0] if len(bodies) == 1 else Malformed(1, 1, "it holds several documents")


def _fault(body: object) -> str:
    """Why a document is no Kubernetes object; nothing for one that is, and for no document."""
    if body is None:
        return ""
    if isinstance(body, Malformed):
        return f"is no YAML ({body})"
    if not isinstance(body, dict):
        return "is no mapping"
    for name in ("apiVersion", "kind"):
        if not text(body.get(name)):
            return f"has no {name}"
    if body["kind"] == "List":
        return "is a List; every object needs an entry of its own"
    if not text(mapping(body.get("metadata")).get("name")):
        return "has no metadata.name"
    return ""


def _malformed(source: str, fault: str) -> Diagnostic:
    return Diagnostic(
        "E410", Severity.ERROR, f"the template renders a document that {fault}", Span(source, 1, 1)
    )


def _object(body: Fields, source: str, document: str, release: str) -> RenderedObject:
    metadata = mapping(body.get("metadata"))
    return RenderedObject(
        text(body.get("apiVersion")),
        text(body.get("kind")),
        text(metadata.get("namespace")),
        text(metadata.get("name")),
        source,
        document,
        body,
        release,
    )


def index(objects: Iterable[RenderedObject]) -> Mapping[Identity, RenderedObject]:
    """The objects by identity."""
    return {rendered.identity: rendered for rendered in objects}
