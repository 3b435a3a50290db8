"""Whatever a site turns on, off or renames, objects stay right and refer to what is there.

The checks are those of `carrel render`; here every variation of the chart goes through them.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.chart.conftest import PROGRAMS

from carrel.diagnostics import Diagnostic
from carrel.k8s import (
    identities,
    image_sources,
    labels,
    mesh_identities,
    names,
    permissions,
    pod_volumes,
    references,
    repeated_entries,
    selectors,
    webhooks,
)
from carrel.k8s.images import image_references
from carrel.k8s.objects import RenderedObject
from carrel.k8s.places import Places
from carrel.k8s.surroundings import Surroundings
from carrel.layers import Layer, Resolved, resolve
from carrel.yamlio.reader import read_file, read_values

if TYPE_CHECKING:
    from tests.chart.conftest import Chart


def components(**values: Any) -> dict[str, Any]:
    return {"components": dict.fromkeys(PROGRAMS, values)}


def off(*names: str) -> dict[str, Any]:
    return {"components": {name: {"enabled": False} for name in names}}


VARIATIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no-notebook-controller": off("notebookController"),
    "no-form": off("jupyterWebApp"),
    "no-volumes": off("volumesWebApp"),
    "no-viewers": off("volumesWebApp", "pvcviewerController"),
    "no-webhook": off("volumesWebApp", "pvcviewerController", "podDefaults"),
    "own-certificates": {
        "certificates": {
            "mode": "existing",
            "caBundle": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        }
    },
    "no-dashboard": off("dashboard"),
    "no-dashboard-and-profiles": off("dashboard", "profileController"),
    "no-component": off(*PROGRAMS),
    "other-accounts": {
        "components": {
            name: {"serviceAccount": {"name": f"my-{name.lower()}"}} for name in PROGRAMS
        }
    },
    "accounts-of-yours": {
        "components": {
            name: {"serviceAccount": {"create": False, "name": f"my-{name.lower()}"}}
            for name in PROGRAMS
        }
    },
    "other-namespace": {"namespaces": {"kubeflow": {"name": "desks"}}},
    "namespace-of-yours": {"namespaces": {"kubeflow": {"create": False, "name": "desks"}}},
    "other-mesh": {
        "mesh": {
            "namespace": "istio",
            "trustDomain": "other.trust",
            "gateway": {"namespace": "ingress", "serviceAccount": "gateway"},
        },
        "kubernetes": {"clusterDomain": "other.domain"},
    },
    "other-headers": {"identity": {"userHeader": "x-user", "groupsHeader": "x-groups"}},
    "own-registry": {"images": {"registry": "registry.example:5000/a", "layout": "path"}},
    "external-login": {
        "identity": {"mode": "external", "oidc": {"issuer": "https://login.example"}}
    },
    "boards": {
        "components": {
            "tensorboardController": {"enabled": True},
            "tensorboardsWebApp": {"enabled": True},
        }
    },
    "dex-login": {
        "identity": {
            "mode": "dex",
            "dex": {
                "users": {"ada": {"email": "ada@example.com"}},
                "connectors": {
                    "staff": {
                        "type": "ldap",
                        "title": "Staff",
                        "existingSecret": "dex-staff",
                        "ldap": {"host": "l", "bindDn": "cn=a", "userSearch": {"baseDn": "ou=b"}},
                    }
                },
            },
        }
    },
    "dex-login-elsewhere": {
        "identity": {"mode": "dex", "dex": {"users": {"ada": {"email": "ada@example.com"}}}},
        "namespaces": {
            "auth": {"create": False, "name": "login"},
            "oauth2Proxy": {"create": False, "name": "proxy"},
        },
        "components": {
            name: {"serviceAccount": {"create": False, "name": "mine"}}
            for name in ("dex", "oauth2Proxy")
        },
    },
    "login-page": {
        "identity": {
            "mode": "external",
            "oidc": {"issuer": "https://login.example", "clientId": "carrel"},
        }
    },
    "demo-login": {"identity": {"mode": "demo", "demo": {"user": "a@b.c"}}},
    "gateway-of-yours": {"gateway": {"existing": "ingress/shared"}},
    "no-home-no-shm": {"notebooks": {"home": {"enabled": False}, "shm": {"enabled": False}}},
    "assigned-users": {"podSecurity": {"uids": "assigned"}},
    "several-pods": {
        "components": {name: {"replicas": 3} for name in PROGRAMS if name != "notebookController"}
    },
    "no-network-policies": components(networkPolicy={"enabled": False}),
    "labels": components(podLabels={"example.com/app": "other", "team": "a"}),
    "extra-volumes": components(
        extraVolumes={"ca": {"configMap": {"name": "ca"}}},
        extraVolumeMounts={"/ca": {"name": "ca"}},
    ),
}


@pytest.fixture(scope="module")
def defaults(project_root: Path) -> dict[str, Any]:
    document, _ = read_file(project_root / "chart/values.yaml", "values.yaml")
    assert document is not None
    return document.values


def resolved(chart: "Chart", defaults: dict[str, Any], site: str, values: Any) -> Resolved:
    layers = []
    for file in chart.files(site, tenants=True):
        document, _ = read_file(file, file.name)
        assert document is not None
        layers.append(Layer("site", file.name, document.values, document.keys, document.spans))
    document, _ = read_values(json.dumps(values).encode(), "own")
    assert document is not None
    layers.append(Layer("--set", "own", document.values, document.keys, document.spans))
    return resolve(defaults, layers)


def faults(objects: Iterable[RenderedObject], values: Resolved) -> list[Diagnostic]:
    objects = tuple(objects)
    places, surroundings = Places.of(values), Surroundings.of(values)
    return [
        *references.check(objects, surroundings, places).diagnostics,
        *selectors.check(objects, surroundings, places),
        *mesh_identities.check(objects, surroundings, places),
        *image_sources.check(image_references(objects), places),
        *names.check(objects, "1.33", places),
        *(
            fault
            for each in (identities, labels, permissions, pod_volumes, repeated_entries, webhooks)
            for fault in each.check(objects, places)
        ),
    ]


@pytest.mark.parametrize("values", VARIATIONS.values(), ids=VARIATIONS.keys())
@pytest.mark.parametrize("site", ["lab", "vault"])
def test_references_stay_whole(
    chart: "Chart", defaults: dict[str, Any], site: str, values: dict[str, Any]
) -> None:
    objects = [
        *chart.render(site, values).objects,
        *chart.render(site, values, scope="tenants").objects,
    ]
    assert faults(objects, resolved(chart, defaults, site, values)) == []


def test_campus_is_whole_with_all_its_tenants(
    chart: "Chart", defaults: dict[str, Any], platforms: Any, tenants: Any
) -> None:
    objects = [*platforms["campus"].objects, *tenants["campus"].objects]
    assert faults(objects, resolved(chart, defaults, "campus", {})) == []


def test_a_broken_reference_is_noticed(chart: "Chart", defaults: dict[str, Any]) -> None:
    """A missing object of each kind that others refer to."""
    objects = chart.render("lab").objects
    values = resolved(chart, defaults, "lab", {})
    for kind in ("ServiceAccount", "ConfigMap", "Service", "Role", "Namespace"):
        left = [each for each in objects if each.kind != kind]
        assert faults(left, values), kind
