"""What upstream installs, what we install, and what is declared of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.parity.comparison import Report, compare
from tests.parity.declaration import SHARED, Declaration, parse_identity, read_declaration
from tests.parity.inventory import Inventory, identity_of, renamed, without_hash

from carrel.k8s.fields import Fields, mapping
from carrel.k8s.objects import Identity, RenderedObject
from carrel.upstream import Upstream

SITE = "site"
"""The file beside the declarations that is a site."""


@dataclass(frozen=True, slots=True)
class Parity:
    """Everything that a comparison needs.

    Attributes:
        declarations: by name, `shared` first.
        components: the identities of upstream's objects, by component.
        upstream: upstream's objects, generated names without their hashes.
        ours: the objects of the platform release.
        root: the project.
    """

    declarations: Mapping[str, Declaration]
    components: Mapping[str, tuple[Identity, ...]]
    upstream: Inventory
    ours: Inventory
    root: Path

    @classmethod
    def of(
        cls,
        facts: Mapping[str, tuple[Fields, ...]],
        rendered: Iterable[RenderedObject],
        folder: Path,
        root: Path,
        release: Upstream,
    ) -> "Parity":
        """Upstream's objects and ours, with the declarations in a folder and a release's names."""
        declared = declarations(folder, renames(release))
        names = {name: without_hash(name) for each in declared.values() for name in each.hashed}
        components = {
            component: tuple(mapping(renamed(body, names)) for body in bodies)
            for component, bodies in facts.items()
        }
        return cls(
            declared,
            {name: tuple(map(identity_of, bodies)) for name, bodies in components.items()},
            Inventory.of(body for bodies in components.values() for body in bodies),
            Inventory.of(each.body or _unparsed(each) for each in rendered),
            root,
        )

    def report(
        self,
        *,
        declarations: Mapping[str, Declaration] | None = None,
        ours: Inventory | None = None,
    ) -> Report:
        """What the comparison finds, with other declarations or other objects if given."""
        return compare(
            declarations or self.declarations,
            self.components,
            self.upstream,
            ours or self.ours,
            self.root,
        )


def renames(release: Upstream) -> dict[Identity, Identity]:
    """Objects of upstream that have another identity here."""
    return {parse_identity(one): parse_identity(other) for one, other in release.renames.items()}


def declarations(
    folder: Path, renamed_objects: Mapping[Identity, Identity]
) -> dict[str, Declaration]:
    """All declarations in a folder by name, `shared` first."""
    names = sorted(file.stem for file in folder.glob("*.yaml") if file.stem != SITE)
    return {
        name: read_declaration(folder / f"{name}.yaml", renamed_objects)
        for name in sorted(names, key=lambda name: name != SHARED)
    }


def _unparsed(rendered: RenderedObject) -> Fields:
    """What is known of a CustomResourceDefinition, which is never parsed."""
    return {
        "apiVersion": rendered.api_version,
        "kind": rendered.kind,
        "metadata": {"name": rendered.name},
    }
