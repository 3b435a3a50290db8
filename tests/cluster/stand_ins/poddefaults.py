"""Test code, never shipped: mutates pods as the real PodDefault webhook does.

Held against recordings of poddefaults-webhook v1.11.0 by test_stand_ins.py, as far as they go:
variables, volumes, mounts, tolerations, labels and annotations.
"""

import base64
import copy
import json
import ssl
import threading
from collections.abc import Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from tests.cluster.api import Api, Body
from tests.cluster.certificates import Authority

EXCLUDE = "poddefault.admission.kubeflow.org/exclude"
NAME = "poddefaults-webhook-deployment.kubeflow.org"
SERVICE = "poddefaults-webhook-service"

_MARK = "poddefault.admission.kubeflow.org/poddefault-"


class Conflict(Exception):
    """Two sources want different things; the message is the webhook's."""


def matches(selector: Body, labels: Body) -> bool:
    """Whether a label selector selects; an empty one selects everything."""

    def holds(expression: Body) -> bool:
        value = labels.get(expression["key"])
        return {
            "Exists": value is not None,
            "DoesNotExist": value is None,
            "In": value in expression.get("values", ()),
            "NotIn": value not in expression.get("values", ()),
        }[expression["operator"]]

    wanted = selector.get("matchLabels", {})
    return wanted.items() <= labels.items() and all(
        map(holds, selector.get("matchExpressions", ()))
    )


def mutate(pod: Body, defaults: Iterable[Body], name: str) -> Body:
    """The pod with all PodDefaults of its namespace that select it.

    Args:
        pod: as it was sent.
        defaults: the PodDefaults of its namespace.
        name: of the pod, for messages.

    Raises:
        Conflict: a variable is set to two values.
    """
    metadata = pod["metadata"]
    if metadata.get("annotations", {}).get(EXCLUDE) == "true":
        return pod
    labels = metadata.get("labels", {})
    selected = sorted(
        (each for each in defaults if matches(each["spec"]["selector"], labels)),
        key=lambda each: str(each["metadata"]["name"]),
    )
    if not selected:
        return pod
    result = copy.deepcopy(pod)
    try:
        _merge(result, selected)
    except Conflict as conflict:
        names = ",".join(each["metadata"]["name"] for each in selected)
        raise Conflict(
            f"conflict occurred while applying poddefaults: {names} on pod: {name} err: {conflict}"
        ) from conflict
    return result


def _merge(pod: Body, selected: Sequence[Body]) -> None:
    spec, metadata = pod["spec"], pod["metadata"]
    for default in selected:
        wanted = default["spec"]
        for container in spec["containers"]:
            _variables(container, default)
            _add(container, "volumeMounts", wanted.get("volumeMounts", ()))
        for key in ("volumes", "tolerations"):
            _add(spec, key, wanted.get(key, ()))
        for key in ("labels", "annotations"):
            metadata.setdefault(key, {}).update(wanted.get(key, {}))
        own = default["metadata"]
        metadata["annotations"][_MARK + own["name"]] = own["resourceVersion"]


def _variables(container: Body, default: Body) -> None:
    present = {each["name"]: each for each in container.get("env", ())}
    for wanted in default["spec"].get("env", ()):
        found = present.get(wanted["name"])
        if found is None:
            container.setdefault("env", []).append(wanted)
        elif found != wanted:
            raise Conflict(
                f"merging env for {default['metadata']['name']} has a conflict on"
                f" {wanted['name']}: \n{_shown(wanted)}\ndoes not match\n{_shown(found)}\n"
                " in container"
            )


def _shown(variable: Body) -> str:
    """A variable as Go prints it."""
    name, value = variable["name"], variable.get("value", "")
    return f'v1.EnvVar{{Name:"{name}", Value:"{value}", ValueFrom:(*v1.EnvVarSource)(nil)}}'


def _add(holder: Body, key: str, entries: Iterable[Any]) -> None:
    for entry in entries:
        if entry not in holder.get(key, ()):
            holder.setdefault(key, []).append(entry)


class _Server(ThreadingHTTPServer):
    """Closed only when nobody is being answered: answers need the API server."""

    daemon_threads = False


class Webhook:
    """Answers the API server on loopback for as long as its context lasts."""

    def __init__(self, api: Api, authority: Authority) -> None:
        self._api = api
        own = authority.issue("poddefaults", hosts=[f"{SERVICE}.kubeflow.svc"])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own.certificate, own.key)
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._authority = authority

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return self._server.server_port

    def client_config(self) -> Body:
        """What a webhook configuration says in place of a Service."""
        ca = self._authority.files.certificate.read_bytes()
        return {
            "url": f"https://127.0.0.1:{self.port}/apply-poddefault",
            "caBundle": base64.b64encode(ca).decode(),
        }

    def review(self, request: Body) -> Body:
        """The answer to an AdmissionReview's request."""
        pod = request["object"]
        defaults = self._api.list("poddefaults.kubeflow.org", request["namespace"])
        answer: Body = {"uid": request["uid"], "allowed": True}
        try:
            mutated = mutate(pod, defaults, request.get("name") or pod["metadata"].get("name", ""))
        except Conflict as conflict:
            return answer | {"allowed": False, "status": {"message": str(conflict)}}
        if mutated != pod:
            change = [
                {"op": "replace", "path": f"/{key}", "value": mutated[key]}
                for key in ("metadata", "spec")
            ]
            patch = base64.b64encode(json.dumps(change).encode()).decode()
            answer |= {"patchType": "JSONPatch", "patch": patch}
        return answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        review = self.review

        class Handler(BaseHTTPRequestHandler):
            # For a connection that the API server has made and has no use for.
            timeout = 10

            def do_POST(self) -> None:  # the name that the library looks for
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answer = {**body, "response": review(body.pop("request"))}
                data = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", f"{len(data)}")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        return Handler


def configuration(webhook: Webhook, namespaces: Body) -> Body:
    """A webhook configuration for the pods in namespaces with these labels."""
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": "poddefaults-stand-in"},
        "webhooks": [
            {
                "name": NAME,
                "clientConfig": webhook.client_config(),
                "admissionReviewVersions": ["v1"],
                "sideEffects": "None",
                "failurePolicy": "Fail",
                "namespaceSelector": {"matchLabels": namespaces},
                "rules": [
                    {
                        "apiGroups": [""],
                        "apiVersions": ["v1"],
                        "operations": ["CREATE"],
                        "resources": ["pods"],
                    }
                ],
            }
        ],
    }
