"""knobs.yaml: every setting that a program reads is a typed value, or what it is for a reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.chart.conftest import merged

if TYPE_CHECKING:
    from tests.chart.conftest import Chart, Manifest

PROGRAMS: dict[str, dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("knobs.yaml").read_text()
)
ALL: dict[str, Any] = {
    "gateway": {"tls": {"mode": "secret", "secretName": "certificate"}},
    "notebooks": {"culling": {"stopsRegardlessOfUse": ["vscode", "rstudio"]}},
    "components": {
        "tensorboardController": {"enabled": True},
        "tensorboardsWebApp": {"enabled": True},
    },
}
"""Values of a site that has every program, and cookies that are kept to HTTPS."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A setting of a program, under the program's name for it."""

    program: str
    name: str
    entry: Any

    def __str__(self) -> str:
        return f"{self.program} {self.name}"


def knobs(group: str) -> Iterator[Knob]:
    for program, known in PROGRAMS.items():
        for name, entry in (known.get(group) or {}).items():
            yield Knob(program, name, entry)


def told(manifest: "Manifest", program: str) -> dict[str, Any]:
    """What a program is told: variables and arguments, by name."""
    known = PROGRAMS[program]
    container = manifest.container(known["workload"], known.get("container"))
    found = {each["name"]: variable(each) for each in container.get("env", [])}
    arguments = iter(container.get("args", []))
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if name.startswith("--"):
            found[name] = value if equals else True
        else:
            found[name] = next(arguments)
    return found


def variable(entry: dict[str, Any]) -> Any:
    return entry["valueFrom"] if "valueFrom" in entry else entry.get("value", "")


def at(path: str, value: Any) -> Any:
    for step in reversed(path.split(".")):
        value = {step: value}
    return value


@pytest.mark.parametrize("knob", [*knobs("set")], ids=str)
def test_a_value_decides(chart: "Chart", knob: Knob) -> None:
    entry = knob.entry
    before = told(chart.render("", ALL), knob.program)
    after = told(chart.render("", merged(ALL, at(entry["by"], entry["to"]))), knob.program)

    assert before.get(knob.name) != entry["tells"]
    assert after.get(knob.name) == entry["tells"]


@pytest.mark.parametrize("knob", [*knobs("fixed")], ids=str)
def test_what_is_fixed_has_a_reason(chart: "Chart", knob: Knob) -> None:
    assert told(chart.render("", ALL), knob.program)[knob.name] == knob.entry["told"]
    assert knob.entry["because"].endswith(".")


@pytest.mark.parametrize("knob", [*knobs("left")], ids=str)
def test_what_is_left_out_has_a_reason(chart: "Chart", knob: Knob) -> None:
    assert knob.name not in told(chart.render("", ALL), knob.program)
    assert knob.entry.endswith(".")


def test_no_program_is_told_what_is_not_known_here(chart: "Chart") -> None:
    manifest = chart.render("", ALL)
    for program, known in PROGRAMS.items():
        names = {*known.get("set", {}), *known.get("fixed", {})}
        assert told(manifest, program).keys() - names == set(), program


def test_every_program_of_the_platform_is_here(chart: "Chart") -> None:
    """But those of the login, whose settings are a file of ours and not upstream's."""
    known = {(each["workload"], each.get("container")) for each in PROGRAMS.values()}
    for name, pod in chart.render("", ALL).pods().items():
        for container in pod["spec"]["containers"]:
            assert {(name, None), (name, container["name"])} & known, name
