"""Quantities are the numbers that Kubernetes takes them for."""

from decimal import Decimal

import pytest

from carrel.k8s.quantities import quantity


@pytest.mark.parametrize(
    ("amount", "number"),
    [
        ("500m", "0.5"),
        (0.5, "0.5"),
        ("2", "2"),
        ("1k", "1000"),
        ("1Ki", "1024"),
        ("1.5Gi", "1610612736"),
        ("512m", "0.512"),
        ("1E", "1e18"),
        ("1e3", "1000"),
        ("100u", "0.0001"),
        ("1n", "1e-9"),
    ],
)
def test_a_quantity_is_a_number(amount: object, number: str) -> None:
    assert quantity(amount) == Decimal(number)


@pytest.mark.parametrize("amount", ["", "Gi", "1 Gi", "1K", "1iG", "x", "inf", None, True, {}])
def test_anything_else_is_none(amount: object) -> None:
    assert quantity(amount) is None
