"""The way in: provider, certificate, headers."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values


def check(values: Values) -> Iterator[Diagnostic]:
    """Whatever the chosen mode of login and encryption needs must be there."""
    yield from _login(values)
    gateway = values["gateway"]
    if gateway["tls"]["mode"] == "secret" and not (
        gateway["existing"] or gateway["tls"]["secretName"]
    ):
        yield values.error(
            "E212",
            ("gateway", "tls", "secretName"),
            "gateway.tls.mode is secret and no Secret is named; write the name of one of type "
            "kubernetes.io/tls",
            [("gateway", "tls", "mode")],
        )
    if values["identity"]["mode"] != "demo" and gateway["existing"] and not gateway["host"]:
        yield values.error(
            "E209",
            ("gateway", "host"),
            f"Gateway {gateway['existing']} may serve other hosts, and without a host here the "
            "login would be demanded of all; write the host name that people open",
            [("gateway", "existing")],
        )


def _login(values: Values) -> Iterator[Diagnostic]:
    identity = values["identity"]
    if identity["mode"] == "external" and not identity["oidc"]["issuer"]:
        yield values.error(
            "E210",
            ("identity", "oidc", "issuer"),
            "identity.mode is external and no provider is named; write the issuer of its tokens, "
            "such as https://login.example.com/realms/campus",
            [("identity", "mode")],
        )
    if identity["mode"] == "demo" and not identity["demo"]["user"]:
        yield values.error(
            "E211",
            ("identity", "demo", "user"),
            "identity.mode is demo and no user is named; write one, such as user@example.com",
            [("identity", "mode")],
        )
    if identity["userHeader"] == identity["groupsHeader"]:
        yield values.error(
            "E214",
            ("identity", "groupsHeader"),
            "it is the same header as identity.userHeader; a user's groups would replace the user",
            [("identity", "userHeader")],
        )
