"""Istio's charts for a site: what its policies, routes and login need of the mesh."""

from collections.abc import Iterable, Mapping

from carrel.k8s.fields import descend, mapping, mappings, text
from carrel.k8s.objects import RenderedObject
from carrel.prerequisites.charts import ChartRelease, Prerequisite, Registry, without_empty
from carrel.upstream import Chart

_PLATFORMS = frozenset({"gke", "openshift"})
"""Platforms of ours that Istio's charts know by the same name (their `global.platform`)."""

_SIDECAR_REQUESTS = {"cpu": "10m", "memory": "40Mi"}
"""Those of Kubeflow: every notebook has a sidecar, and its quota pays for it."""

Values = Mapping[str, object]


def istio(values: Values, objects: Iterable[RenderedObject], chart: Chart) -> Prerequisite:
    """Istio for a site.

    Args:
        values: those of the site, resolved.
        objects: what they render: the policies that name an external authorizer, and its Service.
        chart: version, repository and images. Their keys: Istio's charts base, istio-cni,
            istio-control/istio-discovery and gateway.
    """
    mesh, registry = descend(values, "mesh"), Registry.of(values)
    namespace, revision = text(mesh.get("namespace")), text(mesh.get("revision"))
    hub, _ = registry.place(chart.images["pilot"])
    platform = text(descend(values, "platform").get("name"))
    common: dict[str, object] = {
        "hub": hub,
        "tag": chart.images["pilot"].tag,
        "imagePullSecrets": registry.login(),
        "platform": platform if platform in _PLATFORMS else "",
    }
    proxy = registry.reference(chart.images["proxyv2"])
    releases = [
        ChartRelease(
            "istio-base",
            "base",
            namespace,
            {"defaultRevision": revision or "default", "global": {"istioNamespace": namespace}},
            waits=False,
            has_deployments=False,
        ),
        ChartRelease(
            "istio-cni",
            "cni",
            namespace,
            without_empty({"revision": revision, "global": common}),
            (registry.reference(chart.images["install-cni"]),),
            has_deployments=False,
        ),
        ChartRelease(
            f"istiod-{revision}" if revision else "istiod",
            "istiod",
            namespace,
            without_empty(_istiod(values, objects, common)),
            (registry.reference(chart.images["pilot"]), proxy),
        ),
    ]
    if not text(descend(values, "gateway").get("existing")):
        releases.append(_gateway(values, registry, proxy, str(common["platform"])))
    return Prerequisite("istio", "Istio", chart.version, chart.repository, tuple(releases))


def _istiod(values: Values, objects: Iterable[RenderedObject], common: Values) -> Values:
    mesh = descend(values, "mesh")
    sidecar = descend(mesh, "sidecar")
    environment = {"ENABLE_NATIVE_SIDECARS": "true"}
    if descend(values, "identity").get("mode") != "demo":
        # A provider that starts after istiod, as Dex does, has its keys fetched within a minute.
        environment["PILOT_JWT_PUB_KEY_REFRESH_INTERVAL"] = "1m"
    return {
        "revision": text(mesh.get("revision")),
        "pilot": {"cni": {"enabled": True}, "env": environment},
        "meshConfig": {
            "trustDomain": text(mesh.get("trustDomain")),
            # Sidecars are told of the platform's Services alone, and the programs ask the API
            # server: with REGISTRY_ONLY none of them would start. What may leave a tenant's
            # namespace is for NetworkPolicies to say.
            "outboundTrafficPolicy": {"mode": "ALLOW_ANY"},
            "extensionProviders": _extension_providers(values, tuple(objects)),
        },
        "global": {
            **common,
            "istioNamespace": text(mesh.get("namespace")),
            "proxy": {
                "clusterDomain": text(descend(values, "kubernetes").get("clusterDomain")),
                # Level restricted asks for it of every container, the injected one included.
                "seccompProfile": {"type": "RuntimeDefault"},
                "resources": {
                    "requests": _SIDECAR_REQUESTS,
                    "limits": {
                        "cpu": _shown(sidecar.get("cpuLimit")),
                        "memory": text(sidecar.get("memoryLimit")),
                    },
                },
            },
        },
    }


def _shown(number: object) -> str:
    """A number of cores as Kubernetes writes it."""
    return f"{number:g}" if isinstance(number, int | float) else ""


def _extension_providers(
    values: Values, objects: tuple[RenderedObject, ...]
) -> list[dict[str, object]]:
    """oauth2-proxy under the name that the policies give it, where one asks it.

    The gateway hands it what says who asks, takes the token from its answer, and gives the browser
    the cookie: with the login page, and when a session's token was fetched anew, or else each
    request would fetch another one.
    """
    names = {
        text(descend(each.body, "spec", "provider").get("name"))
        for each in objects
        if each.kind == "AuthorizationPolicy"
        and descend(each.body, "spec").get("action") == "CUSTOM"
        and not each.is_extra
    }
    domain = text(descend(values, "kubernetes").get("clusterDomain"))
    services = [each for each in objects if each.kind == "Service" and _is_proxy(each)]
    return [
        {
            "name": name,
            "envoyExtAuthzHttp": {
                "service": f"{service.name}.{service.namespace}.svc.{domain}",
                "port": port.get("port"),
                "includeRequestHeadersInCheck": ["authorization", "cookie"],
                "headersToUpstreamOnAllow": ["authorization"],
                "headersToDownstreamOnAllow": ["set-cookie"],
                "headersToDownstreamOnDeny": ["content-type", "set-cookie"],
            },
        }
        for name in sorted(names)
        for service in services
        for _, port in mappings(descend(service.body, "spec").get("ports"))
    ]


def _is_proxy(service: RenderedObject) -> bool:
    return service.component == "oauth2-proxy"


def _gateway(values: Values, registry: Registry, proxy: str, platform: str) -> ChartRelease:
    mesh, gateway = descend(values, "mesh"), descend(values, "mesh", "gateway")
    encrypted = descend(values, "gateway", "tls").get("mode") == "secret"
    chart_values: dict[str, object] = {
        "revision": text(mesh.get("revision")),
        "labels": dict(mapping(gateway.get("selector"))),
        "serviceAccount": {"name": text(gateway.get("serviceAccount"))},
        # A Service of type LoadBalancer would put clear text before the world.
        "service": {"type": "LoadBalancer" if encrypted else "ClusterIP"},
        "imagePullSecrets": registry.login_references(),
        "global": {"platform": platform},
    }
    return ChartRelease(
        "istio-ingressgateway",
        "gateway",
        text(gateway.get("namespace")) or text(mesh.get("namespace")),
        without_empty(chart_values),
        (proxy,),
        # Helm would wait for the address of the load balancer.
        waits=not encrypted,
    )
