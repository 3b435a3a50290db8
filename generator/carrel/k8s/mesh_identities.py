"""Who is let in: the principals and headers that say so are those of the site.

An identity that is written down twice stays behind when a value changes, and then the wrong
workload is let in, or nobody is.
"""

from collections.abc import Callable, Iterable, Iterator

from carrel.diagnostics import Diagnostic, Path, Severity
from carrel.k8s.fields import Fields, descend, mapping, mappings, strings, text
from carrel.k8s.kinds import POD_TEMPLATES, Kind
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.surroundings import Surroundings
from carrel.k8s.workloads import pod_template

_SECURITY, _NETWORKING = "security.istio.io", "networking.istio.io"
_SPIFFE = "spiffe://"
_HEADER = "request.headers["
_PUBLISHED = frozenset({"kubeflow-userid", "kubeflow-groups"})
"""The identity headers of upstream's manifests."""

_AUTHORIZATION = "authorization"
"""The header of a request's token, which a policy may ask for too."""

_TELLING_VARIABLES = frozenset({"GROUPS_HEADER", "USERID_HEADER"})
"""Environment variables that tell upstream's programs an identity header."""

Named = Iterable[tuple[Path, str]]
"""Where a principal or a header is named, and how."""


def check(
    objects: Iterable[RenderedObject], surroundings: Surroundings, places: Places
) -> Iterator[Diagnostic]:
    """What is wrong with identities.

    Looked at are the principals in sources of AuthorizationPolicies and in `subjectAltNames`; and
    the headers in their conditions (`request.headers[…]`), in `outputClaimToHeaders` of a
    RequestAuthentication and in the variables that tell upstream's programs. That the namespace
    and the service account of a principal exist is E420's.

    E444: a principal that is none, is of another trust domain than the site's, or is in the
    ingress gateway's namespace and not the gateway's. E445: a header that does not say who asks.
    W444 and W445: the same in a site's own object, of which only what has a trust domain, and only
    upstream's names of the headers, are judged: it may let in others, by what it likes.
    """
    headers_here = frozenset(name.lower() for name in surroundings.identity_headers)
    for rendered in objects:
        kind = (rendered.group, rendered.kind)
        for where, principal in _PRINCIPALS.get(kind, _nothing)(rendered):
            fault = _fault(principal, rendered, surroundings)
            if fault:
                yield _report("444", rendered, where, fault, places)
        for where, header in _HEADERS.get(kind, _nothing)(rendered):
            if _is_foreign(header.lower(), rendered, headers_here):
                known = " and ".join(surroundings.identity_headers)
                message = f"{header} does not say who asks; here {known} do"
                yield _report("445", rendered, where, message, places)


def _report(
    number: str, rendered: RenderedObject, where: Path, message: str, places: Places
) -> Diagnostic:
    if rendered.is_extra:
        return places.report(f"W{number}", rendered, where, message, severity=Severity.WARNING)
    return places.report(f"E{number}", rendered, where, message)


def _fault(principal: str, rendered: RenderedObject, surroundings: Surroundings) -> str:
    """What is wrong with a principal, nothing for one that may stand there."""
    if "*" in principal:
        return ""
    parts = principal.split("/")
    if len(parts) != 5 or parts[1::2] != ["ns", "sa"]:
        return f"{principal} is no principal; one is {surroundings.trust_domain}/ns/NAME/sa/NAME"
    trust_domain, _, namespace, _, account = parts
    if trust_domain != surroundings.trust_domain:
        return f"{principal} is not of the site's trust domain, {surroundings.trust_domain}"
    gateway = (surroundings.gateway_namespace, surroundings.gateway_account)
    if rendered.is_extra or namespace != gateway[0] or account == gateway[1]:
        return ""
    return f"{principal} is not the ingress gateway, whose service account is {gateway[1]}"


def _is_foreign(header: str, rendered: RenderedObject, known: frozenset[str]) -> bool:
    if header in known:
        return False
    return header in _PUBLISHED if rendered.is_extra else header != _AUTHORIZATION


def _nothing(_: RenderedObject) -> tuple[()]:
    return ()


def _of_sources(policy: RenderedObject) -> Named:
    for here, rule in _rules(policy):
        for number, origin in mappings(rule.get("from")):
            source = mapping(origin.get("source"))
            for field in ("principals", "notPrincipals"):
                for item, principal in enumerate(strings(source.get(field))):
                    yield (*here, "from", number, "source", field, item), principal


def _of_certificates(rendered: RenderedObject) -> Named:
    spec = descend(rendered.body, "spec")
    for where, holder in (
        (("spec",), spec),
        (("spec", "trafficPolicy", "tls"), descend(spec, "trafficPolicy", "tls")),
    ):
        for item, name in enumerate(strings(holder.get("subjectAltNames"))):
            if name.startswith(_SPIFFE):
                yield (*where, "subjectAltNames", item), name.removeprefix(_SPIFFE)


def _in_conditions(policy: RenderedObject) -> Named:
    for here, rule in _rules(policy):
        for number, condition in mappings(rule.get("when")):
            key = text(condition.get("key"))
            if key.startswith(_HEADER):
                yield (*here, "when", number, "key"), key.removeprefix(_HEADER).rstrip("]")


def _of_claims(authentication: RenderedObject) -> Named:
    spec = descend(authentication.body, "spec")
    for position, rule in mappings(spec.get("jwtRules")):
        for number, claim in mappings(rule.get("outputClaimToHeaders")):
            where: Path = ("spec", "jwtRules", position, "outputClaimToHeaders", number, "header")
            yield where, text(claim.get("header"))


def _in_variables(rendered: RenderedObject) -> Named:
    template = pod_template(rendered)
    for where, container in template.containers() if template is not None else ():
        for number, variable in mappings(container.get("env")):
            header = text(variable.get("value"))
            if header and variable.get("name") in _TELLING_VARIABLES:
                yield (*where, "env", number, "value"), header


def _rules(policy: RenderedObject) -> Iterator[tuple[Path, Fields]]:
    for position, rule in mappings(descend(policy.body, "spec").get("rules")):
        yield ("spec", "rules", position), rule


_PRINCIPALS: dict[Kind, Callable[[RenderedObject], Named]] = {
    (_NETWORKING, "DestinationRule"): _of_certificates,
    (_NETWORKING, "ServiceEntry"): _of_certificates,
    (_SECURITY, "AuthorizationPolicy"): _of_sources,
}
_HEADERS: dict[Kind, Callable[[RenderedObject], Named]] = {
    (_SECURITY, "AuthorizationPolicy"): _in_conditions,
    (_SECURITY, "RequestAuthentication"): _of_claims,
    **dict.fromkeys(POD_TEMPLATES, _in_variables),
}
