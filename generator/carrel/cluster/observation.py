"""What there is in a cluster, as far as a site is concerned, seen at one time."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Protocol, TypeVar
from urllib.parse import quote

from carrel.build.bundle import Contents
from carrel.cluster.api import REVIEWS, Action, Forbidden
from carrel.cluster.permissions import needed
from carrel.k8s.fields import Fields, descend, mapping, mappings, text
from carrel.k8s.objects import Identity, RenderedObject
from carrel.release import NAMESPACE
from carrel.tools.threads import Threads

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")

VERSION = "/version"
NODES = "/api/v1/nodes"
NAMESPACES = "/api/v1/namespaces"
PODS = "/api/v1/pods"
SERVICES = "/api/v1/services"
QUOTAS = "/api/v1/resourcequotas"
DEPLOYMENTS = "/apis/apps/v1/deployments"
ENDPOINT_SLICES = "/apis/discovery.k8s.io/v1/endpointslices"
STORAGE_CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
CSI_DRIVERS = "/apis/storage.k8s.io/v1/csidrivers"
CSI_NODES = "/apis/storage.k8s.io/v1/csinodes"
MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
VALIDATING = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"

LISTS = (
    *(NODES, NAMESPACES, PODS, SERVICES, QUOTAS, DEPLOYMENTS, ENDPOINT_SLICES),
    *(STORAGE_CLASSES, CSI_DRIVERS, CSI_NODES, MUTATING, VALIDATING),
)
"""Paths of the lists that are looked at for every site."""

_EXPECTED: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("", "ConfigMap"): ("/api/v1", "configmaps"),
        ("", "PersistentVolumeClaim"): ("/api/v1", "persistentvolumeclaims"),
        ("", "ServiceAccount"): ("/api/v1", "serviceaccounts"),
        ("networking.istio.io", "Gateway"): ("/apis/networking.istio.io/v1", "gateways"),
        ("scheduling.k8s.io", "PriorityClass"): ("/apis/scheduling.k8s.io/v1", "priorityclasses"),
    }
)
"""Group and kind of what values may name as already there → where the API has it."""

_RECORDS = "owner=helm"
"""Label of the Secrets in which Helm keeps what it has done."""


def group_path(api_version: str) -> str:
    """Where the API says what it serves of a group and version, such as `apps/v1`."""
    return f"/{'apis' if '/' in api_version else 'api'}/{api_version}"


class Source(Protocol):
    """Whoever answers questions about a cluster; see `carrel.cluster.api.Api`."""

    def get(self, path: str) -> object: ...  # noqa: D102

    def items(self, path: str, *, selector: str = "") -> tuple[Fields, ...] | None: ...  # noqa: D102

    def allowed(self, actions: Iterable[Action]) -> Mapping[Action, bool]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the API serves it.

    Attributes:
        api_version: group and version, or the version alone in the core group.
        kind: its kind.
        name: plural, as in paths.
        namespaced: whether its objects are in namespaces.
    """

    api_version: str
    kind: str
    name: str
    namespaced: bool

    @property
    def group(self) -> str:
        """The API group, empty for the core group."""
        return self.api_version.rpartition("/")[0]

    @property
    def path(self) -> str:
        """Where all its objects are listed."""
        return f"{group_path(self.api_version)}/{self.name}"


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen.

    Attributes:
        version: minor version of the API server, such as `1.36`, "" if the caller may not see it.
        lists: path → objects; a list that the cluster does not have is empty, one that the caller
            may not see is absent.
        resources: the kinds of the site's objects that the cluster serves.
        present: the objects of those kinds, by identity.
        secrets: the Secrets that the site needs and that are there.
        expected: whether each object is there that the site's values name.
        records: labels of Helm's records, one for each revision of a release.
        allowed: what the caller may do.
        hidden: what the caller may not see, and what the server said.
    """

    version: str
    lists: Mapping[str, tuple[Fields, ...]] = field(default_factory=dict)
    resources: Mapping[tuple[str, str], Resource] = field(default_factory=dict)
    present: Mapping[Identity, Fields] = field(default_factory=dict)
    secrets: Mapping[tuple[str, str], Fields] = field(default_factory=dict)
    expected: Mapping[Identity, bool] = field(default_factory=dict)
    records: tuple[Mapping[str, object], ...] = ()
    allowed: Mapping[Action, bool] = field(default_factory=dict)
    hidden: Mapping[str, str] = field(default_factory=dict)

    def named(self, path: str) -> dict[str, Fields]:
        """The objects of a list by name."""
        found = self.lists.get(path, ())
        return {text(descend(each, "metadata").get("name")): each for each in found}


def observe(source: Source, contents: Contents) -> Observation:
    """Look at a cluster.

    Args:
        source: whom to ask.
        contents: what a site renders.

    Raises:
        EnvironmentFault: the cluster cannot be asked.
    """
    looking = _Looking(source)
    version = _minor(looking.ask(VERSION))
    served = _resources(looking, contents.objects)
    paths = {identity: path for identity, _ in contents.expected if (path := _path(identity))}
    with Threads() as threads:

        def start(call: Callable[..., Result], *arguments: object) -> Future[Result]:
            return threads.start(partial(call, *arguments))

        lists = {path: start(looking.list, path) for path in LISTS}
        own = {resource: start(looking.list, resource.path) for resource in served.values()}
        secrets = {
            (each.namespace, each.name): start(looking.ask, _secret(each.namespace, each.name))
            for each in contents.secrets
        }
        expected = {identity: start(looking.ask, path) for identity, path in paths.items()}
        records = start(looking.list, f"{NAMESPACES}/{NAMESPACE}/secrets", _RECORDS)
        allowed = start(looking.allowed, needed(contents.objects, served, NAMESPACE))
        present = _seen(own)
        # What may not be looked at is known once there is an answer.
        there = {identity: each.result() is not None for identity, each in expected.items()}
        return Observation(
            version=version,
            lists=_seen(lists),
            resources=served,
            present={
                identity: body
                for resource, bodies in present.items()
                for identity, body in _by_identity(resource, bodies)
            },
            secrets={place: mapping(body) for place, body in _seen(secrets).items()},
            expected={
                identity: is_there
                for identity, is_there in there.items()
                if paths[identity] not in looking.hidden
            },
            records=tuple(descend(each, "metadata", "labels") for each in records.result() or ()),
            allowed=allowed.result(),
            hidden=dict(sorted(looking.hidden.items())),
        )


def _seen(answers: "Mapping[Key, Future[Result | None]]") -> dict[Key, Result]:
    """The answers that there are."""
    return {key: seen for key, each in answers.items() if (seen := each.result()) is not None}


class _Looking:
    """Asks, and keeps in mind what may not be seen."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.hidden: dict[str, str] = {}

    def ask(self, path: str) -> object:
        try:
            return self._source.get(path)
        except Forbidden as refusal:
            self.hidden[path] = str(refusal)
            return None

    def allowed(self, actions: Iterable[Action]) -> Mapping[Action, bool]:
        try:
            return self._source.allowed(actions)
        except Forbidden as refusal:
            self.hidden[REVIEWS] = str(refusal)
            return {}

    def list(self, path: str, selector: str = "") -> tuple[Fields, ...] | None:
        try:
            return self._source.items(path, selector=selector) or ()
        except Forbidden as refusal:
            self.hidden[path] = str(refusal)
            return None


def _secret(namespace: str, name: str) -> str:
    return f"{NAMESPACES}/{_quoted(namespace)}/secrets/{_quoted(name)}"


def _quoted(name: str) -> str:
    """As part of a path; what no object can be named is not there."""
    return quote(name, safe="")


def _path(identity: Identity) -> str:
    """Where an object is that values may name, "" for another kind or any name."""
    prefix, plural = _EXPECTED.get((identity.group, identity.kind), ("", ""))
    if not plural or not identity.name:
        return ""
    namespace = f"/namespaces/{_quoted(identity.namespace)}" if identity.namespace else ""
    return f"{prefix}{namespace}/{plural}/{_quoted(identity.name)}"


def _minor(version: object) -> str:
    """`1.36` of what `/version` says, "" where it says nothing; providers write `36+`."""
    if version is None:
        return ""
    major, minor = (text(descend(version).get(key)) for key in ("major", "minor"))
    return f"{major}.{minor.rstrip('+')}"


def _resources(
    looking: _Looking, objects: tuple[RenderedObject, ...]
) -> dict[tuple[str, str], Resource]:
    """API version and kind → the resource, for those that are served."""
    versions = sorted({each.api_version for each in objects})
    with Threads() as threads:
        answers = {each: threads.start(partial(looking.ask, group_path(each))) for each in versions}
        listed = {each: answer.result() for each, answer in answers.items()}
    found = {}
    wanted = {(each.api_version, each.kind) for each in objects}
    for version, answer in listed.items():
        for _, each in mappings(descend(answer).get("resources")):
            kind, name = text(each.get("kind")), text(each.get("name"))
            if (version, kind) in wanted and "/" not in name:
                namespaced = each.get("namespaced") is True
                found[version, kind] = Resource(version, kind, name, namespaced)
    return found


def _by_identity(resource: Resource, bodies: Iterable[Fields]) -> Iterable[tuple[Identity, Fields]]:
    for body in bodies:
        metadata = descend(body, "metadata")
        namespace, name = text(metadata.get("namespace")), text(metadata.get("name"))
        yield Identity(resource.group, resource.kind, namespace, name), body
