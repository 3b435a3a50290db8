"""Pods that people make, and the Pod Security level of tenants' namespaces."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values


def check(values: Values) -> Iterator[Diagnostic]:
    """Whatever the programs start there is let in.

    What else a site sets of a notebook's pod cannot break a level: the schema has no such fields.
    """
    if values["podSecurity"]["tenants"] != "restricted":
        return
    if values["components"]["tensorboardController"]["enabled"]:
        yield values.error(
            "E222",
            ("podSecurity", "tenants"),
            "the pods of TensorBoards have no security context and would be refused at level "
            "restricted; write baseline, or turn tensorboardController off",
        )
    if values["notebooks"]["podTemplate"]["securityContext"].get("runAsUser") == 0:
        yield values.error(
            "E222",
            ("notebooks", "podTemplate", "securityContext", "runAsUser"),
            "notebooks would run as root and be refused at level restricted; write another user "
            "ID, or podSecurity.tenants: baseline",
        )
