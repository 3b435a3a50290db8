"""Tenants: their names, plans, owners and members."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from carrel.diagnostics import Diagnostic
from carrel.rules.namespaces import taken_by_others
from carrel.rules.values import Values


def check(values: Values) -> Iterator[Diagnostic]:
    """Every tenant can become a namespace with a quota and members."""
    ours = {namespace["name"] for namespace in values["namespaces"].values()}
    reserved = taken_by_others(values) | ours
    for name, tenant in values["tenants"].items():
        if name in reserved:
            yield values.error(
                "E260",
                ("tenants", name),
                f"a tenant becomes the namespace of its name, and {name} is one of the cluster's "
                "own; choose another name",
            )
        if tenant["plan"] not in values["plans"]:
            yield values.error(
                "E261", ("tenants", name, "plan"), f"there is no plan {tenant['plan']} in plans"
            )
        yield from _people(values, name, tenant)


def _people(values: Values, name: str, tenant: Mapping[str, Any]) -> Iterator[Diagnostic]:
    for group in tenant.get("groups", {}):
        if group not in values["groups"]:
            yield values.error(
                "E262", ("tenants", name, "groups", group), f"there is no group {group} in groups"
            )
    owner = tenant["owner"]
    if owner in tenant.get("members", {}):
        yield values.error(
            "E263",
            ("tenants", name, "members", owner),
            "the owner may do everything already; leave them out of members",
        )
    seen: dict[str, str] = {}
    for user, role in sorted(members(values["groups"], tenant).items()):
        binding = binding_name(user, role)
        if binding in seen:
            yield values.error(
                "E264",
                ("tenants", name, "members"),
                f"{seen[binding]} and {user} both become {binding}, since access-management writes "
                "every odd character as a dash; one of them needs another address",
            )
        seen[binding] = user


def members(groups: Mapping[str, list[str]], tenant: Mapping[str, Any]) -> dict[str, str]:
    """Users of a tenant besides its owner, with `edit` or `view`.

    What the tenant says of a user wins over its groups; of two groups, `edit` wins over `view`. An
    archived tenant has none. The chart's `carrel.tenant.members` gives the same.
    """
    if tenant.get("state", "active") == "archived":
        return {}
    granted = {
        user: role
        for role in ("view", "edit")
        for group, group_role in tenant.get("groups", {}).items()
        if group_role == role
        for user in groups.get(group, [])
    }
    granted |= tenant.get("members", {})
    granted.pop(tenant["owner"], None)
    return granted


def binding_name(user: str, role: str) -> str:
    """Name that access-management gives a member's RoleBinding and AuthorizationPolicy.

    Source: access-management/kfam/bindings.go, which is why the dashboard lists them.
    """
    return re.sub(r"[^a-zA-Z0-9]+", "-", f"user-{user}-clusterrole-{role}").lower()
