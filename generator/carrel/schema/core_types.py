"""Core Kubernetes types inside the values tree, such as an affinity or a toleration."""

from pathlib import Path

from carrel.k8s.schema_library import core_type, kubernetes_minors
from carrel.schema.merge import REFERENCE
from carrel.schema.source import Node, malformed

_PACKAGE = "io.k8s.api.core.v1"


class CoreTypes:
    """The core types that a schema refers to, each held once.

    They are those of the newest supported Kubernetes: fields that the site's own version lacks are
    found when its objects are checked.
    """

    def __init__(self, catalogue: Path) -> None:
        self._catalogue = catalogue
        self._read: dict[str, Node] = {}
        self._referred: set[str] = set()

    def schema(self, node: Node) -> Node:
        """The schema for a node with `x-kubernetes`: a reference, or a few fields of the type.

        Raises:
            MalformedSchema: there is no such type, or the type has no such field.
        """
        name = node["x-kubernetes"]
        if name not in self._read:
            self._read[name] = self._type(name, node)
        wanted = node.get("x-kubernetes-properties")
        if wanted is None:
            self._referred.add(name)
            return {"$ref": REFERENCE + name}
        fields = self._read[name].get("properties", {})
        missing = [field for field in wanted if field not in fields]
        if missing:
            raise malformed(f"{name} of Kubernetes has no field {', '.join(missing)}", node)
        return {
            "type": "object",
            "properties": {field: fields[field] for field in wanted},
            "additionalProperties": False,
        }

    def definitions(self) -> dict[str, Node]:
        """Name → schema, for the `definitions` of the schema that refers to them."""
        return {name: self._read[name] for name in sorted(self._referred)}

    def _type(self, name: str, node: Node) -> Node:
        try:
            newest = kubernetes_minors(self._catalogue)[-1]
            return core_type(self._catalogue, newest, f"{_PACKAGE}.{name}")
        except KeyError as error:
            raise malformed(f"Kubernetes has no core type {name}", node) from error
