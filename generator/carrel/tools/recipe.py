"""How a pinned tool is built: what `tools/<name>/` says.

`go.mod` and `go.sum` pin the module and everything below it. `tool.toml` names the module, the
binaries (name in `.tools/bin` → Go package) and the variables that the linker sets. A value may
hold `{version}`, the module's version, and `{kubernetes_major}` and `{kubernetes_minor}`, those
of the Kubernetes release that the pinned `k8s.io/client-go` belongs to. With `on_demand = true` a
tool is built only when it is asked for by name.
"""

import hashlib
import platform
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_GO = re.compile(r"^go (\d+\.\d+(?:\.\d+)?)$", re.MULTILINE)
_REQUIRED = re.compile(r"^(?:require )?\s*(\S+) v(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One folder of `tools/`.

    Attributes:
        folder: where it is.
        go: the oldest Go that builds it, such as `1.26.0`.
        version: the pinned version of its module, without the `v`.
        binaries: name in `.tools/bin` → Go package.
        variables: Go variable → value.
        pins: the text of `go.mod` and `go.sum`.
        on_demand: whether it is built only when one of its binaries is named.
    """

    folder: Path
    go: str
    version: str
    binaries: Mapping[str, str]
    variables: Mapping[str, str]
    pins: str
    on_demand: bool

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.folder.name

    @property
    def linker_flags(self) -> str:
        """The value of `go build -ldflags`: no symbols, and the variables."""
        settings = (f"-X {variable}={value}" for variable, value in self.variables.items())
        return " ".join(("-s", "-w", *settings))

    @property
    def digest(self) -> str:
        """Changes whenever the binaries would: with a pin, a variable, a package, the machine."""
        inputs = (
            self.pins,
            self.linker_flags,
            sorted(self.binaries.items()),
            sys.platform,
            platform.machine(),
        )
        return hashlib.sha256(repr(inputs).encode()).hexdigest()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The recipe in `folder`.

        Raises:
            KeyError: `tool.toml` lacks a key, names a module that `go.mod` does not require, or
                uses a placeholder that has no value.
        """
        module, sums, description_text = (
            (folder / name).read_text() for name in ("go.mod", "go.sum", "tool.toml")
        )
        description = tomllib.loads(description_text)
        required: dict[str, str] = dict(_REQUIRED.findall(module))
        oldest_go = _GO.search(module)
        version = required[description["module"]]
        placeholders = {"version": version}
        if "k8s.io/client-go" in required:
            # client-go 0.N belongs to Kubernetes 1.N.
            major, minor = required["k8s.io/client-go"].split(".")[:2]
            placeholders |= {"kubernetes_major": str(int(major) + 1), "kubernetes_minor": minor}
        return cls(
            folder=folder,
            go=oldest_go[1] if oldest_go else "1",
            version=version,
            binaries=description["binaries"],
            variables={
                variable: value.format_map(placeholders)
                for variable, value in description.get("variables", {}).items()
            },
            pins=module + sums,
            on_demand=description.get("on_demand", False),
        )


def recipes(tools: Path) -> tuple[Recipe, ...]:
    """Every recipe in the folder `tools`, by name."""
    return tuple(Recipe.read(found.parent) for found in sorted(tools.glob("*/tool.toml")))
