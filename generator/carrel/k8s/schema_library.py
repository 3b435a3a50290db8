"""The schemas that kubeconform checks objects with, from the catalogue.

`generator/catalogue/schemas` holds each definition once, without descriptions, over all supported
versions of Kubernetes. kubeconform wants one file for each kind that refers to no other, so these
are put together once for each version of Kubernetes and state of the catalogue.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from carrel.errors import EnvironmentFault
from carrel.k8s import core_limits, structural_schema
from carrel.k8s.core_limits import CONDITIONS, LIMITS
from carrel.k8s.structural_schema import REFERENCE, closed, subschemas

OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
"""The type of every object's metadata."""

_KINDS = "schemas/kinds.json"
_KUBERNETES = "schemas/kubernetes"
_CUSTOM = ("crds", "schemas/cert-manager", "schemas/istio")
_LOCATION = "{{.Group}}/{{.ResourceKind}}-{{.ResourceAPIVersion}}.json"
"""Below the library's folder. For the core group, kubeconform's Group is the version."""

_TO_DEFINITION = re.compile(rf'"\$ref": ?"{REFERENCE}([^"]+)"')


def prepare(catalogue: Path, kubernetes_minor: str, target: Path) -> str:
    """Have the schemas of one version of Kubernetes below `target`, and say where.

    What an earlier call left there is used again while the catalogue is the same; several
    processes may share `target`.

    Args:
        catalogue: the folder `generator/catalogue`.
        kubernetes_minor: such as `1.33`.
        target: a folder, made when it does not exist.

    Returns:
        The value of kubeconform's `-schema-location`. The whole group is part of each path, so
        two kinds of one name in different groups cannot be confused.

    Raises:
        KeyError: the catalogue holds nothing for that version.
        EnvironmentFault: `target` cannot be written.
    """
    sources = _sources(catalogue, *_CUSTOM, _KUBERNETES)
    library = target.absolute() / f"{kubernetes_minor}-{_digest(sources)}"
    if not library.is_dir():
        files = dict(_files(_parsed(sources), kubernetes_minor))
        try:
            _write(files, library)
        except OSError as error:
            raise EnvironmentFault(
                f"{target} cannot be written ({error.strerror})", "choose another folder"
            ) from error
    # The location is a Go template, in which only `{{` has a meaning.
    return str(library).replace("{{", '{{"{{"}}') + "/" + _LOCATION


def kubernetes_minors(catalogue: Path) -> tuple[str, ...]:
    """The versions of Kubernetes that the catalogue holds, oldest first, such as `1.33`."""
    minors: list[str] = json.loads((catalogue / _KINDS).read_bytes())["minors"]
    return tuple(minors)


def served_kinds(catalogue: Path) -> frozenset[str]:
    """Every kind that the API groups of the library have in some supported version.

    Each is `GROUP/VERSION/KIND`, without the group for the core group. Some have no schema here.

    Args:
        catalogue: the folder `generator/catalogue`.
    """
    data = _parsed(_sources(catalogue, *_CUSTOM))
    kinds = {*data[_KINDS]["kubernetes"], *data[_KINDS]["others"]}
    for path, resource in data.items():
        if path != _KINDS:
            spec = resource["spec"]
            kind = spec["names"]["kind"]
            kinds |= {f"{spec['group']}/{each['name']}/{kind}" for each in spec["versions"]}
    return frozenset(kinds)


def core_type(catalogue: Path, kubernetes_minor: str, name: str) -> dict[str, Any]:
    """The closed JSON Schema (draft 7) of one type of the Kubernetes API, nested types in place.

    It says less than the API: no `null`, no `format`, no condition.

    Args:
        catalogue: the folder `generator/catalogue`.
        kubernetes_minor: such as `1.33`.
        name: the full name, such as `io.k8s.api.core.v1.Toleration`.

    Raises:
        KeyError: the catalogue holds no such version or type.
        RecursionError: the type contains itself.
    """
    definitions = _kubernetes(_parsed(_sources(catalogue, _KUBERNETES)), kubernetes_minor)
    return _in_place(definitions[name], definitions)


def _sources(catalogue: Path, *folders: str) -> dict[str, bytes]:
    """The data of those folders: path below the catalogue → content."""
    return {_KINDS: (catalogue / _KINDS).read_bytes()} | {
        f"{folder}/{source.name}": source.read_bytes()
        for folder in folders
        for source in sorted((catalogue / folder).glob("*.json"))
    }


def _parsed(sources: Mapping[str, bytes]) -> dict[str, Any]:
    return {path: json.loads(content) for path, content in sources.items()}


def _digest(sources: Mapping[str, bytes]) -> str:
    """Names what is made of `sources` by this code: other data or other code, another name."""
    digest = hashlib.sha256()
    for module in (__file__, core_limits.__file__, structural_schema.__file__):
        digest.update(Path(module).read_bytes())
    for path, content in sources.items():
        digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _kubernetes(data: Mapping[str, Any], minor: str) -> dict[str, Any]:
    """The definitions of one version of Kubernetes by full name.

    Raises:
        KeyError: there is no such version in the data.
    """
    minors: list[str] = data[_KINDS]["minors"]
    if minor not in minors:
        raise KeyError(f"Kubernetes {minor}")
    past = set(minors[: minors.index(minor) + 1])
    definitions = {}
    for path, types in data.items():
        folder, _, file_name = path.rpartition("/")
        if folder == _KUBERNETES:
            package = file_name.removesuffix(".json")
            for name, history in types.items():
                states = [state for since, state in history.items() if since in past]
                if states and states[-1] is not None:
                    full_name = f"{package}.{name}"
                    definitions[full_name] = _limited(full_name, states[-1])
    return definitions


def _limited(name: str, definition: dict[str, Any]) -> dict[str, Any]:
    """A definition with what the API server demands besides."""
    limits = LIMITS.get(name, {})
    properties = definition.get("properties", {})
    further = {
        field: {**properties[field], **_with_null(keywords)}
        for field, keywords in limits.items()
        if field in properties
    }
    conditions = CONDITIONS.get(name, {})
    if not further and not conditions:
        return definition
    return {**definition, "properties": {**properties, **further}, **conditions}


def _with_null(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """Null stands for a field that is not there, as everywhere in the API."""
    choices = {"enum": [*keywords["enum"], None]} if "enum" in keywords else {}
    return {**keywords, **choices}


def _files(data: Mapping[str, Any], minor: str) -> Iterator[tuple[str, str]]:
    """The library's files: path and text."""
    definitions = _kubernetes(data, minor)
    pool = _Pool.of(definitions)
    for definition in definitions.values():
        for kind in definition.get("x-kubernetes-group-version-kind", ()):
            yield _path(**kind), pool.self_contained(definition)
    for path, resource in data.items():
        if path.rpartition("/")[0] in _CUSTOM:
            yield from _custom(resource, pool)


def _custom(resource: Mapping[str, Any], kubernetes: "_Pool") -> Iterator[tuple[str, str]]:
    """The files of one custom resource definition: path and text."""
    spec, definitions = resource["spec"], resource.get("definitions", {})
    pool = kubernetes | _Pool.of({k: closed(v, definitions) for k, v in definitions.items()})
    for version in spec["versions"]:
        schema = version["schema"]["openAPIV3Schema"]
        if "$ref" in schema:
            schema = definitions[schema["$ref"].removeprefix(REFERENCE)]
        root = closed(schema, definitions)
        # A custom resource definition leaves these to the server.
        root["properties"] = root.get("properties", {}) | {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": {"$ref": REFERENCE + OBJECT_META},
        }
        path = _path(spec["group"], version["name"], spec["names"]["kind"])
        yield path, pool.self_contained(root)


def _path(group: str, version: str, kind: str) -> str:
    return f"{group or version}/{kind.lower()}-{version}.json"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Pool:
    """Definitions as compact JSON, and the names that each refers to."""

    texts: Mapping[str, str]
    references: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, definitions: Mapping[str, Any]) -> Self:
        texts = {name: _compact(definition) for name, definition in definitions.items()}
        return cls(texts, {name: tuple(_TO_DEFINITION.findall(t)) for name, t in texts.items()})

    def __or__(self, other: "_Pool") -> "_Pool":
        return _Pool({**self.texts, **other.texts}, {**self.references, **other.references})

    def self_contained(self, root: Mapping[str, Any]) -> str:
        """`root` as JSON together with every definition that it needs."""
        text = _compact(root)
        needed: set[str] = set()
        wanted = set(_TO_DEFINITION.findall(text))
        while wanted:
            needed |= wanted
            wanted = {name for by in wanted for name in self.references[by]} - needed
        definitions = ",".join(f"{_compact(name)}:{self.texts[name]}" for name in sorted(needed))
        return f'{text[:-1]},"definitions":{{{definitions}}}}}'


def _write(files: Mapping[str, str], library: Path) -> None:
    """Write `files` to a folder beside `library`, then give it that name in one step."""
    library.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{library.name}-", dir=library.parent))
    try:
        for folder in {Path(path).parent for path in files}:
            (scratch / folder).mkdir()
        for path, text in files.items():
            (scratch / path).write_text(text, "utf-8")
        scratch.chmod(0o755)
        try:
            scratch.rename(library)
        except OSError:
            # Another process was faster.
            if not library.is_dir():
                raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _in_place(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` as `core_type` promises it."""
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _in_place(definitions[reference.removeprefix(REFERENCE)], definitions)
    result = {k: v for k, v in schema.items() if k != "format" and not k.startswith("x-")}
    if isinstance(schema.get("type"), list):
        types = [entry for entry in schema["type"] if entry != "null"]
        result["type"] = types if len(types) > 1 else types[0]
    if "enum" in schema:
        result["enum"] = [choice for choice in schema["enum"] if choice is not None]
    if "properties" in schema:
        result["properties"] = {}
    for keyword, name, below in subschemas(schema):
        if keyword == "properties":
            result["properties"][name] = _in_place(below, definitions)
        else:
            result[keyword] = _in_place(below, definitions)
    return result
