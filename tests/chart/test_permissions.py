"""Roles hold the wildcards that are declared, and no declaration is left over."""

from typing import TYPE_CHECKING

from carrel.k8s.permissions import DECLARED, wildcards

if TYPE_CHECKING:
    from tests.chart.conftest import Chart

EVERYTHING = {
    "identity": {"mode": "dex", "dex": {"users": {"ada": {"email": "ada@example.com"}}}},
    "components": {"dex": {"enabled": True}},
}


def test_every_declared_wildcard_is_in_use(chart: "Chart") -> None:
    roles = [each for each in chart.render("lab", EVERYTHING).objects if "Role" in each.kind]
    held = [(role, rule, field) for role in roles for _, rule, field in wildcards(role)]

    for declared in DECLARED:
        used = {field for role, rule, field in held if declared.allows(role, rule, field)}
        assert used == declared.fields, declared
