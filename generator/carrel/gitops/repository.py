"""Where such a tool finds what was rendered."""

from collections.abc import Mapping
from dataclasses import dataclass

from carrel.k8s.fields import descend, text

FOLDER = "gitops"
"""Below the rendered folder."""

PLATFORM, TENANTS = "platform", "tenants"
"""What a tool applies, in this order; each has a folder of that name in `FOLDER`."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A Git repository that holds the rendered folder.

    Attributes:
        address: without user name and password.
        branch: of the repository.
        path: the folder in it with the contents of `dist/<site>/`; empty for the root.
        login: name of the Secret with Flux's login; empty where none is needed.
    """

    address: str
    branch: str
    path: str
    login: str = ""

    @classmethod
    def of(cls, values: Mapping[str, object]) -> "Repository | None":
        """That of a site's values, None where they name none."""
        named = descend(values, "gitops")
        address = text(named.get("repository"))
        if not address:
            return None
        return cls(
            address,
            text(named.get("branch")),
            text(named.get("path")),
            text(named.get("existingSecret")),
        )

    def folder(self, part: str) -> str:
        """The folder of one part, from the root of the repository."""
        return "/".join(filter(None, (self.path, FOLDER, part)))


def object_name(part: str) -> str:
    """The name of the tool's object for a part: as the Helm release, or its shards."""
    return "carrel" if part == PLATFORM else f"carrel-{part}"
