"""Secrets that upstream publishes, which would let in whoever reads its manifests."""

import hashlib
from collections.abc import Iterator

from carrel.diagnostics import Diagnostic, Path
from carrel.rules.values import Values

_PUBLISHED = frozenset(
    {
        "462a0aa7e3ad7e72bcc06fd22a504044f4a4c79033231b9dc8900ad84fbe29b9",
        "80c8cb5e94a392a3d8fc7cf03d8a73bf68788e684466a02393405c717243c900",
        "c154376989fcff516b441dcc647bfe75780c80caf4f0d10012f98f93db0aa510",
        "1718c24b10aeb8099e3fc44960ab6949ab76a267352459f203ea1036bec382c2",
    }
)
"""SHA-256 of the client secret, the cookie secret, the password's hash and the password that are in
common/oauth2-proxy and common/dex of kubeflow/community-distribution."""


def check(values: Values) -> Iterator[Diagnostic]:
    """None of them stands in the values: as a variable of a program of login.

    A Secret among a site's own objects is refused whatever it holds (E280).
    """
    for path, text in _secrets(values):
        if hashlib.sha256(text).hexdigest() in _PUBLISHED:
            yield values.error(
                "E216",
                path,
                "Kubeflow's own manifests publish this secret; make one of your own with "
                "`carrel secrets`",
            )


def _secrets(values: Values) -> Iterator[tuple[Path, bytes]]:
    for name in ("dex", "oauth2Proxy"):
        for variable, value in values["components"][name]["extraEnv"].items():
            if isinstance(value, str):
                yield ("components", name, "extraEnv", variable), value.encode()
