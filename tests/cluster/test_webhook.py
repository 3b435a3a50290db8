"""The stand-in for the PodDefault webhook leaves nobody without an answer."""

import json
import ssl
import threading
import time
from http.client import HTTPSConnection
from pathlib import Path

from tests.cluster.api import Api, Body
from tests.cluster.certificates import Authority
from tests.cluster.stand_ins import poddefaults


def test_the_webhook_ends_when_it_owes_no_answer(tmp_path: Path) -> None:
    """Whoever is answered needs the API server, which ends next."""
    asked, answered = threading.Event(), threading.Event()

    class SlowApi(Api):
        def list(self, *_: str, **__: str) -> list[Body]:
            asked.set()
            time.sleep(0.5)
            answered.set()
            return []

    authority = Authority.create(tmp_path / "certificates")
    pod: Body = {"metadata": {"name": "web"}, "spec": {"containers": []}}
    request = {"request": {"uid": "1", "namespace": "desk", "object": pod}}
    api = SlowApi(0, authority.files, None)
    with poddefaults.Webhook(api, authority) as webhook:
        context = ssl.create_default_context(cafile=str(authority.files.certificate))
        caller = HTTPSConnection("127.0.0.1", webhook.port, context=context)
        caller.request("POST", "/", json.dumps(request))
        assert asked.wait(10)

    assert answered.is_set()
    assert json.loads(caller.getresponse().read())["response"]["allowed"]
    caller.close()
