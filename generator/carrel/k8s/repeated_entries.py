"""Lists whose entries have a key: no two entries have the same one.

The API server merges such a list entry by entry, and refuses one with two of the same key: with
`duplicate entries for key [containerPort=8080,protocol="TCP"]` when Helm applies it, with
`Duplicate value` where its validation says the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from carrel.diagnostics import Diagnostic, Path
from carrel.k8s.fields import Fields, descend, mappings, text
from carrel.k8s.kinds import Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.workloads import pod_template

Entry = tuple[Path, Fields]
"""An entry of a list, and where it is."""


@dataclass(frozen=True, slots=True)
class KeyedList:
    """A list, and what tells its entries apart.

    Attributes:
        path: of the list.
        key: the fields that are different together.
        below: keyed lists in each entry.
    """

    path: tuple[str, ...]
    key: tuple[str, ...]
    below: tuple["KeyedList", ...] = ()


_DEFAULTS = {"protocol": "TCP"}
"""What the server fills in before it compares."""

_CONTAINER = (
    KeyedList(("env",), ("name",)),
    KeyedList(("ports",), ("containerPort", "protocol")),
    KeyedList(("ports",), ("name",)),
    KeyedList(("resources", "claims"), ("name",)),
    KeyedList(("volumeDevices",), ("devicePath",)),
    KeyedList(("volumeMounts",), ("mountPath",)),
)
_POD = (
    KeyedList(("hostAliases",), ("ip",)),
    KeyedList(("imagePullSecrets",), ("name",)),
    KeyedList(("resourceClaims",), ("name",)),
    KeyedList(("schedulingGates",), ("name",)),
    KeyedList(("topologySpreadConstraints",), ("topologyKey", "whenUnsatisfiable")),
    KeyedList(("volumes",), ("name",)),
)
_MATCH_CONDITIONS = KeyedList(("matchConditions",), ("name",))
_WEBHOOKS = (KeyedList(("webhooks",), ("name",), (_MATCH_CONDITIONS,)),)
_ADMISSION = "admissionregistration.k8s.io"

_BY_KIND: Mapping[Kind, tuple[KeyedList, ...]] = {
    ("", "Service"): (
        KeyedList(("spec", "ports"), ("port", "protocol")),
        KeyedList(("spec", "ports"), ("name",)),
    ),
    ("", "ServiceAccount"): (KeyedList(("secrets",), ("name",)),),
    (_ADMISSION, "MutatingAdmissionPolicy"): (KeyedList(("spec", "matchConditions"), ("name",)),),
    (_ADMISSION, "MutatingWebhookConfiguration"): _WEBHOOKS,
    (_ADMISSION, "ValidatingAdmissionPolicy"): (
        KeyedList(("spec", "matchConditions"), ("name",)),
        KeyedList(("spec", "variables"), ("name",)),
    ),
    (_ADMISSION, "ValidatingWebhookConfiguration"): _WEBHOOKS,
}
"""Kind → its keyed lists, but for those of pods.

Source of all: the `listMapKey` of k8s.io/api 0.37, without lists that only the cluster writes; and
for the names of ports and of containers the validation of Kubernetes 1.37.
"""


def check(objects: Iterable[RenderedObject], places: Places) -> Iterator[Diagnostic]:
    """What is wrong with the lists of objects.

    E413: two entries of a list are one for the API server.
    """
    for rendered in objects:
        for where, message in _repeated(rendered):
            yield places.report("E413", rendered, where, message)


def _repeated(rendered: RenderedObject) -> Iterator[tuple[Path, str]]:
    for keyed in _BY_KIND.get((rendered.group, rendered.kind), ()):
        yield from _in_list((), rendered.body, keyed)
    template = pod_template(rendered)
    if template is None:
        return
    here: Path = (*template.where, "spec")
    for keyed in _POD:
        yield from _in_list(here, template.spec, keyed)
    containers = list(template.containers())
    # The three lists of containers share their names.
    yield from _twice(containers, ("name",))
    for where, container in containers:
        for keyed in _CONTAINER:
            yield from _in_list(where, container, keyed)


def _in_list(here: Path, holder: Fields, keyed: KeyedList) -> Iterator[tuple[Path, str]]:
    *around, field = keyed.path
    found = descend(holder, *around).get(field)
    if not found:
        return
    entries = [((*here, *keyed.path, index), entry) for index, entry in mappings(found)]
    yield from _twice(entries, keyed.key)
    for where, entry in entries:
        for below in keyed.below:
            yield from _in_list(where, entry, below)


def _twice(entries: Iterable[Entry], key: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    seen: set[tuple[str, ...]] = set()
    for where, entry in entries:
        values = tuple(_part(entry, field) for field in key)
        if not all(values):
            continue
        if values in seen:
            others = "".join(f" with {field} {entry[field]}" for field in key[1:] if field in entry)
            message = f"{values[0]}{others} is there already, in an entry before this one"
            yield (*where, key[0]), message
        seen.add(values)


def _part(entry: Fields, field: str) -> str:
    """One field of a key as text, nothing where it is missing or no key."""
    value = entry.get(field, _DEFAULTS.get(field))
    return str(value) if isinstance(value, int) else text(value)
