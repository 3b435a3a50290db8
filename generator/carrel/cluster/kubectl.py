"""kubectl, as a program that asks a cluster and changes nothing."""

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from carrel.errors import EnvironmentFault
from carrel.k8s.fields import Fields, descend, mappings, text
from carrel.tools import process

TIMEOUT = 120.0
"""Seconds for one question."""

_PAGE = 500
_REFUSED = re.compile(r"^Error from server \((\w+)\): (.*)$", re.MULTILINE)
_SHOWN = 60
_UNKNOWN_USER = ("Unauthorized", "must be logged in")
_UNRECOGNIZED = "unable to recognize"
"""What kubectl says of a kind when it may not ask which kinds there are."""

_DEFAULT_SERVER = "localhost:8080"
"""What kubectl asks when nothing says which cluster."""

_REVIEWS = "authorization.k8s.io/v1"


class Forbidden(Exception):
    """The caller may not see what was asked for; the message is the server's."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a caller wants to do.

    Attributes:
        verb: such as `create`.
        group: API group, empty for the core group.
        resource: plural name.
        namespace: empty for the whole cluster.
        name: of the object, empty for any.
    """

    verb: str
    group: str
    resource: str
    namespace: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Kubectl:
    """A kubectl and the cluster that it is to ask.

    Attributes:
        program: its path.
        options: which cluster, as its arguments.
    """

    program: Path
    options: tuple[str, ...] = ()

    def get(self, path: str) -> Any:
        """What is at a path of the API, None where nothing is.

        Args:
            path: such as `/api/v1/namespaces/kubeflow`.

        Raises:
            Forbidden: the caller may not see it.
            EnvironmentFault: the cluster cannot be asked.
        """
        answer = self._answer("get", "--raw", path)
        try:
            return json.loads(answer) if answer else None
        except json.JSONDecodeError:
            raise EnvironmentFault(
                f"{path} is answered, but not as an API server does: {answer.strip()[:_SHOWN]!r}",
                "see whether a proxy or a login page stands before the cluster",
            ) from None

    def items(self, path: str, *, selector: str = "") -> tuple[Fields, ...] | None:
        """All objects of a list, None where the cluster has no such resource.

        Args:
            path: of the list, such as `/api/v1/nodes`.
            selector: which labels they must have.

        Raises:
            Forbidden: the caller may not see them.
            EnvironmentFault: the cluster cannot be asked.
        """
        found: list[Fields] = []
        chosen = f"&labelSelector={quote(selector)}" if selector else ""
        next_page = ""
        while True:
            page = self.get(f"{path}?limit={_PAGE}{chosen}{next_page}")
            if page is None:
                return None
            found += [item for _, item in mappings(page.get("items"))]
            token = text(descend(page, "metadata").get("continue"))
            if not token:
                return tuple(found)
            next_page = f"&continue={quote(token)}"

    def allowed(self, actions: Iterable[Action]) -> Mapping[Action, bool]:
        """What the caller may do. Reviews are answered by the server and kept nowhere.

        Raises:
            EnvironmentFault: the cluster cannot be asked.
        """
        asked = tuple(dict.fromkeys(actions))
        if not asked:
            return {}
        reviews = {"apiVersion": "v1", "kind": "List", "items": [_review(each) for each in asked]}
        options = ("create", "--validate=false", "-o", "json", "-f", "-")
        answer = self._answer(*options, stdin=json.dumps(reviews).encode())
        answers = [descend(each, "status").get("allowed") is True for each in _stream(answer)]
        return dict(zip(asked, answers, strict=True))

    def _answer(self, *arguments: str, stdin: bytes = b"") -> str:
        """What kubectl prints, "" for what is not there."""
        done = process.run(
            [self.program, *self.options, *arguments],
            environment=os.environ,
            timeout=TIMEOUT,
            stdin=stdin,
        )
        if done.returncode == 0:
            return done.stdout.decode()
        said = done.stderr.decode(errors="replace").strip()
        refused = _REFUSED.search(said)
        if refused is not None and refused[1] == "NotFound":
            return ""
        if refused is not None and refused[1] == "Forbidden":
            raise Forbidden(refused[2])
        if _UNRECOGNIZED in said:
            raise Forbidden(said.removeprefix("error: "))
        raise self._fault(said.splitlines()[-1] if said else "kubectl gave no reason")

    def _fault(self, said: str) -> EnvironmentFault:
        """Why the cluster gives no answer, in a sentence around kubectl's own."""
        named = any(each.startswith("--kubeconfig=") for each in self.options)
        if _DEFAULT_SERVER in said or not (named or _has_kubeconfig()):
            return EnvironmentFault(
                f"no kubeconfig says which cluster to ask: {self._kubeconfig()}",
                "name a file with --kubeconfig",
            )
        if any(each in said for each in _UNKNOWN_USER):
            return EnvironmentFault(
                f"the cluster does not accept your credentials, which may have expired ({said})",
                "log in again, or name another user's with --kubeconfig or --context",
            )
        return EnvironmentFault(
            f"the cluster cannot be asked ({said})",
            "name another one with --kubeconfig or --context, or log in to it",
        )

    def _kubeconfig(self) -> str:
        """What was looked at in vain."""
        for option in self.options:
            if option.startswith("--kubeconfig="):
                return f"{option.partition('=')[2]} names none"
        if os.environ.get("KUBECONFIG"):
            return f"KUBECONFIG is {os.environ['KUBECONFIG']}, which names none"
        state = "names none" if (Path.home() / ".kube" / "config").exists() else "is not there"
        return f"KUBECONFIG is not set, and ~/.kube/config {state}"


def _has_kubeconfig() -> bool:
    """Whether kubectl finds a cluster by itself: in a file, or around the pod that it runs in."""
    if os.environ.get("KUBECONFIG") or os.environ.get("KUBERNETES_SERVICE_HOST"):
        return True
    return (Path.home() / ".kube" / "config").exists()


def _stream(text: str) -> Iterator[object]:
    """The JSON values that follow each other in a text."""
    decoder, rest = json.JSONDecoder(), text.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        yield value
        rest = rest[end:].lstrip()


def _review(action: Action) -> dict[str, object]:
    wanted = {
        "verb": action.verb,
        "group": action.group,
        "resource": action.resource,
        "namespace": action.namespace,
        "name": action.name,
    }
    attributes = {key: value for key, value in wanted.items() if value}
    return {
        "apiVersion": _REVIEWS,
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }


def find_kubectl(option: str | None, kubeconfig: str | None, context: str | None) -> Kubectl:
    """The kubectl to use.

    Args:
        option: what `--kubectl` says; by default the one that CARREL_KUBECTL names, or on PATH.
        kubeconfig: what `--kubeconfig` says; by default kubectl decides.
        context: what `--context` says; by default kubectl decides.

    Raises:
        EnvironmentFault: there is none.
    """
    choice = option or os.environ.get("CARREL_KUBECTL") or "kubectl"
    program = shutil.which(choice)
    if program is None:
        raise EnvironmentFault(
            f"{choice} is missing and doctor asks the cluster with it",
            "install kubectl, or name one with --kubectl",
        )
    options = [f"--kubeconfig={kubeconfig}"] if kubeconfig else []
    options += [f"--context={context}"] if context else []
    return Kubectl(Path(program), tuple(options))
