"""Components, and what they cannot do without."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values

_NEEDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "dashboard": (
            "profileController",
            "the dashboard asks access-management who may enter which Profile, and that runs in "
            "the pods of profileController; turn it on, or the dashboard off",
        ),
        "tensorboardsWebApp": (
            "tensorboardController",
            "the TensorBoards web app makes TensorBoards, and this controller starts them; turn it "
            "on, or tensorboardsWebApp off",
        ),
        "volumesWebApp": (
            "pvcviewerController",
            "the volumes web app opens volumes in viewers, and this controller starts them; turn "
            "it on, or volumesWebApp off",
        ),
    }
)
"""Component → the one that it needs, and why."""


def check(values: Values) -> Iterator[Diagnostic]:
    """No component is on whose other half is off."""
    components = values["components"]
    for name, (need, sentence) in _NEEDS.items():
        if components[name]["enabled"] and not components[need]["enabled"]:
            cause = ("components", name, "enabled")
            yield values.error("E213", ("components", need, "enabled"), sentence, [cause])
