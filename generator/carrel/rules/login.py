"""How people log in: Dex, its sources of people, their sessions."""

from collections.abc import Iterator, Mapping
from typing import Any

from carrel.diagnostics import Diagnostic, Path
from carrel.rules.values import Values, shown

_SECRET_KEYS = {"ldap": "bind-password", "oidc": "client-secret"}
"""What a connector reads from its Secret, by its type."""


def check(values: Values) -> Iterator[Diagnostic]:
    """Sessions can be kept, and Dex runs, knows somebody and can reach them."""
    session = values["identity"]["session"]
    if session["refreshMinutes"] >= 60 * session["hours"]:
        yield values.error(
            "E221",
            ("identity", "session", "refreshMinutes"),
            f"{shown(session['refreshMinutes'])} minutes are not shorter than a session of "
            f"{shown(session['hours'])} hours; write fewer",
        )
    if values["identity"]["mode"] == "dex":
        yield from _dex(values)


def _dex(values: Values) -> Iterator[Diagnostic]:
    components, dex = values["components"], values["identity"]["dex"]
    if not components["dex"]["enabled"]:
        yield values.error(
            "E213",
            ("components", "dex", "enabled"),
            "identity.mode is dex and Dex is off; turn it on, or name a provider of yours with "
            "identity.mode external",
        )
    if not components["oauth2Proxy"]["enabled"]:
        yield values.error(
            "E213",
            ("components", "oauth2Proxy", "enabled"),
            "identity.mode is dex and nothing else leads people to its login page; turn it on",
        )
    if not (dex["users"] or dex["connectors"]):
        yield values.error(
            "E218",
            ("identity", "dex", "connectors"),
            "identity.mode is dex and Dex knows nobody; name a connector, or a person in "
            "identity.dex.users for a demo",
        )
    for name, connector in sorted(dex["connectors"].items()):
        yield from _connector(values, name, connector)


def _connector(values: Values, name: str, connector: Mapping[str, Any]) -> Iterator[Diagnostic]:
    kind: str = connector["type"]
    here: Path = ("identity", "dex", "connectors", name)
    if kind not in connector:
        yield values.error(
            "E215",
            (*here, kind),
            f"the connector is of type {kind} and has no settings; write them under this key",
        )
    if kind in _SECRET_KEYS and not connector.get("existingSecret"):
        yield values.error(
            "E215",
            (*here, "existingSecret"),
            f"a connector of type {kind} reads {_SECRET_KEYS[kind]} from a Secret; name one",
        )
    if kind not in _SECRET_KEYS and connector.get("existingSecret"):
        yield values.error(
            "E215",
            (*here, "existingSecret"),
            f"a connector of type {kind} reads no Secret; leave it out",
        )
    for other in sorted({"ldap", "oidc", "saml"} - {kind}):
        if other in connector:
            yield values.error(
                "E215",
                (*here, other),
                f"the connector is of type {kind} and reads no settings of another one; leave them "
                "out",
            )
    if kind != "ldap" and not values["gateway"]["host"]:
        yield values.error(
            "E219",
            ("gateway", "host"),
            f"the connector {name} sends people back to an address of the gateway, and no host is "
            "named; write the one in the browser's address bar",
        )
