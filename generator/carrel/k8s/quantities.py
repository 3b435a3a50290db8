"""Amounts as Kubernetes writes them."""

import re
from decimal import Decimal

_WRITTEN = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)([A-Za-z]*)")

_SUFFIXES = {
    **{"n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("1e-3"), "": Decimal(1)},
    **{letter: Decimal(1000) ** power for power, letter in enumerate("kMGTPE", 1)},
    **{f"{letter}i": Decimal(1024) ** power for power, letter in enumerate("KMGTPE", 1)},
}


def quantity(amount: object) -> Decimal | None:
    """The number that a quantity is, or None for what is none. `512m` of memory is half a byte.

    Source: k8s.io/apimachinery/pkg/api/resource/quantity.go.
    """
    if isinstance(amount, bool) or not isinstance(amount, str | int | float):
        return None
    written = _WRITTEN.fullmatch(str(amount))
    factor = _SUFFIXES.get(written[2]) if written else None
    return Decimal(written[1]) * factor if written and factor is not None else None
