"""The programs of a control plane: what starts each of them."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.cluster import service_network
from tests.cluster.certificates import Authority, KeyPair
from tests.cluster.kubeconfig import kubeconfig

HERE = Path(__file__).parent
PROGRAMS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok")
"""In the order in which they start."""

_SERVICES = "10.96.0.0/16"
_ISSUER = "https://kubernetes.default.svc.cluster.local"
# Several hundred tenants wait for controllers, not for the clients' own brakes.
_RATES = ("--kube-api-qps=500", "--kube-api-burst=1000")


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the programs listen on loopback."""

    etcd: int
    etcd_peers: int
    api: int
    kwok: int

    @classmethod
    def free(cls) -> Self:
        """Ports that nobody has at the moment. Whoever comes first may still take one."""
        with ExitStack() as stack:
            sockets = [stack.enter_context(socket.socket()) for _ in range(4)]
            for each in sockets:
                each.bind(("127.0.0.1", 0))
            return cls(*(each.getsockname()[1] for each in sockets))


def commands(
    programs: Mapping[str, Path], ports: Ports, authority: Authority, folder: Path
) -> dict[str, list[str]]:
    """What starts each program.

    Args:
        programs: name → path, for each of `PROGRAMS`.
        ports: where they listen.
        authority: gives each its certificate.
        folder: for data, logs and kubeconfigs; it holds the authority's folder.
    """
    tokens = authority.key_pair("service-accounts")
    arguments = {
        "etcd": _etcd(ports, folder),
        "kube-apiserver": _apiserver(ports, authority, tokens, folder),
        "kube-controller-manager": _controller_manager(ports, authority, tokens, folder),
        "kube-scheduler": _client("kube-scheduler", ports, authority, folder),
        "kwok": _kwok(ports, authority, folder),
    }
    return {name: [str(programs[name]), *arguments[name]] for name in PROGRAMS}


def _etcd(ports: Ports, folder: Path) -> list[str]:
    clients, peers = (f"http://127.0.0.1:{port}" for port in (ports.etcd, ports.etcd_peers))
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls={clients}",
        f"--advertise-client-urls={clients}",
        f"--listen-peer-urls={peers}",
        f"--initial-advertise-peer-urls={peers}",
        f"--initial-cluster=default={peers}",
        # The data does not outlive the machine's next start.
        "--unsafe-no-fsync",
    ]


def _apiserver(ports: Ports, authority: Authority, tokens: KeyPair, folder: Path) -> list[str]:
    own = authority.issue("kube-apiserver")
    return [
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        # It would refuse to publish a loopback address.
        "--endpoint-reconciler-type=none",
        f"--secure-port={ports.api}",
        f"--etcd-servers=http://127.0.0.1:{ports.etcd}",
        f"--client-ca-file={authority.files.certificate}",
        f"--tls-cert-file={own.certificate}",
        f"--tls-private-key-file={own.key}",
        "--authorization-mode=Node,RBAC",
        "--enable-admission-plugins=NodeRestriction,ResourceQuota,PodSecurity",
        f"--service-account-issuer={_ISSUER}",
        f"--service-account-key-file={tokens.certificate}",
        f"--service-account-signing-key-file={tokens.key}",
        f"--service-cluster-ip-range={_SERVICES}",
        "--allow-privileged=true",
        f"--egress-selector-config-file={service_network.configuration(folder)}",
        f"--audit-policy-file={HERE / 'audit-policy.yaml'}",
        f"--audit-log-path={folder / 'audit.log'}",
        # Nobody waits for those who are still connected when it ends.
        "--shutdown-delay-duration=0s",
    ]


def _controller_manager(
    ports: Ports, authority: Authority, tokens: KeyPair, folder: Path
) -> list[str]:
    ca = authority.files
    return [
        *_client("kube-controller-manager", ports, authority, folder),
        "--use-service-account-credentials=true",
        # A quota that is older than the kind that it counts is looked at again after this time
        # only, five minutes by default, and until then no such object is let in.
        "--resource-quota-sync-period=5s",
        f"--root-ca-file={ca.certificate}",
        f"--cluster-signing-cert-file={ca.certificate}",
        f"--cluster-signing-key-file={ca.key}",
        f"--service-account-private-key-file={tokens.key}",
        f"--service-cluster-ip-range={_SERVICES}",
    ]


def _client(name: str, ports: Ports, authority: Authority, folder: Path) -> list[str]:
    """What the controller manager and the scheduler have in common. Neither serves anything."""
    file = kubeconfig(
        folder / f"{name}.kubeconfig", ports.api, authority, authority.issue(f"system:{name}")
    )
    return [f"--kubeconfig={file}", "--leader-elect=false", "--secure-port=0", *_RATES]


def _kwok(ports: Ports, authority: Authority, folder: Path) -> list[str]:
    own = authority.issue("kwok", ["system:masters"])
    file = kubeconfig(folder / "kwok.kubeconfig", ports.api, authority, own)
    return [
        f"--kubeconfig={file}",
        f"--config={HERE / 'kwok-stages.yaml'}",
        "--manage-all-nodes=true",
        "--node-lease-duration-seconds=40",
        f"--server-address=127.0.0.1:{ports.kwok}",
    ]
