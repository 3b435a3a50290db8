"""The Secrets that a site needs and that nothing renders."""

import base64
import json
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from carrel.diagnostics import dotted
from carrel.k8s.places import title
from carrel.k8s.reference import REGISTRY_LOGIN, TLS, Reference
from carrel.yamlio import writer

OPAQUE = "Opaque"
"""Type of a Secret whose keys are free."""

_RANDOM_BYTES = 32
"""What a random value is made of: 256 bits, which is also what oauth2-proxy's cookies need."""

_RANDOM = '"$(head -c 32 /dev/urandom | base64 | tr +/ -_)"'
_ANY = "--from-literal=KEY=VALUE"

_GIVEN = frozenset(
    {"bind-password", "client-id", "client-secret", "hash", "password-hash", "username"}
)
"""Keys, or what stands behind their last dot, whose values somebody else decides."""

_SHARED = frozenset({"dex-client-secret"})
"""Keys with one value in every Secret that has them: two programs know each other by it."""


@dataclass(frozen=True, slots=True, order=True)
class RequiredSecret:
    """A Secret that has to be in the cluster.

    Attributes:
        namespace: where.
        name: its name.
        type: its type.
        keys: the keys that are read; empty when a program reads whichever there are.
        used_by: the objects and fields that name it.
        by_site: whether the site's author has it read, so that it holds what they know of.
    """

    namespace: str
    name: str
    type: str
    keys: tuple[str, ...]
    used_by: tuple[str, ...]
    by_site: bool = False

    @property
    def can_be_random(self) -> bool:
        """Whether fresh random values will do: nobody else has to know them or agree to them.

        That can be said of what our own templates read. A site's Secret for a program may hold a
        password of a mail server.
        """
        is_free = self.type == OPAQUE and bool(self.keys) and not any(map(_is_given, self.keys))
        return is_free and not self.by_site

    def command(self) -> str:
        """A POSIX shell command that makes it, with capitals where something must be filled in."""
        kubectl = f"kubectl create secret {{}} {shlex.quote(self.name)} -n {self.namespace}"
        if self.type == TLS:
            return f"{kubectl.format('tls')} --cert=CERTIFICATE.pem --key=KEY.pem"
        if self.type == REGISTRY_LOGIN:
            login = "--docker-server=HOST --docker-username=USER --docker-password=PASSWORD"
            return f"{kubectl.format('docker-registry')} {login}"
        literals = (f"--from-literal={shlex.quote(key)}={self._value(key)}" for key in self.keys)
        command = " ".join((kubectl.format("generic"), *(literals if self.keys else (_ANY,))))
        shared = (key for key in self.keys if key in _SHARED and not self.by_site)
        return " ".join((*(f"{_variable(key)}={_kept(key)};" for key in shared), command))

    def _value(self, key: str) -> str:
        """A value for a command: a variable, a fresh random one, or a word to be replaced."""
        if self.by_site or _is_given(key):
            return "VALUE"
        return f'"${_variable(key)}"' if key in _SHARED else _RANDOM


def _is_given(key: str) -> bool:
    return key.rpartition(".")[2] in _GIVEN


def _variable(key: str) -> str:
    """Name of the shell variable that holds a value which several commands need."""
    return key.upper().replace("-", "_")


def _kept(key: str) -> str:
    """What that variable is set to: what an earlier command set it to, if any."""
    return f'"${{{_variable(key)}:-{_RANDOM[1:-1]}}}"'


def required(references: Iterable[Reference]) -> tuple[RequiredSecret, ...]:
    """The Secrets that references lead to, sorted, each once with all its keys and users."""
    found: dict[tuple[str, str], list[Reference]] = {}
    for reference in references:
        found.setdefault((reference.target.namespace, reference.target.name), []).append(reference)
    return tuple(
        RequiredSecret(
            namespace,
            name,
            next((each.secret_type for each in users if each.secret_type), OPAQUE),
            tuple(sorted({key for each in users for key in each.keys})),
            tuple(sorted({f"{title(each.source)} {dotted(each.where)}" for each in users})),
            any(each.by_site for each in users),
        )
        for (namespace, name), users in sorted(found.items())
    )


def inventory(secrets: Iterable[RequiredSecret]) -> str:
    """`secrets.required.json`: what to make, for whom, and the command that does."""
    entries = [
        {
            "namespace": secret.namespace,
            "name": secret.name,
            "type": secret.type,
            "keys": list(secret.keys),
            "usedBy": list(secret.used_by),
            "random": secret.can_be_random,
            "command": secret.command(),
        }
        for secret in secrets
    ]
    return json.dumps(entries, indent=2) + "\n"


def manifest(secrets: Iterable[RequiredSecret], random_bytes: Callable[[int], bytes]) -> str:
    """The Secrets that can be random, with fresh values, for `kubectl apply -f -`.

    Args:
        secrets: what a site needs; those that cannot be random are left out.
        random_bytes: a source of secrets, such as `secrets.token_bytes`.
    """
    shared = {key: _random_text(random_bytes) for key in sorted(_SHARED)}
    documents = [
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": secret.name, "namespace": secret.namespace},
            "type": secret.type,
            "stringData": {
                key: shared.get(key) or _random_text(random_bytes) for key in secret.keys
            },
        }
        for secret in secrets
        if secret.can_be_random
    ]
    return "".join(f"---\n{writer.write(document)}" for document in documents)


def _random_text(random_bytes: Callable[[int], bytes]) -> str:
    return base64.urlsafe_b64encode(random_bytes(_RANDOM_BYTES)).decode()
