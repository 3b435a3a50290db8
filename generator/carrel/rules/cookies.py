"""Cookies, and whether a browser will keep them."""

from collections.abc import Iterator

from carrel.diagnostics import Diagnostic
from carrel.rules.values import Values

_WEB_APP = "APP_SECURE_COOKIES"
_VARIABLES = {
    "jupyterWebApp": _WEB_APP,
    "oauth2Proxy": "OAUTH2_PROXY_COOKIE_SECURE",
    "tensorboardsWebApp": _WEB_APP,
    "volumesWebApp": _WEB_APP,
}
"""Component → the variable that marks its cookies Secure."""


def check(values: Values) -> Iterator[Diagnostic]:
    """Nothing marks cookies Secure where the gateway does not encrypt.

    The chart derives it; a site's own variable wins over that. A browser keeps such a cookie from
    plain HTTP, and every button of the page fails.
    """
    if values["gateway"]["tls"]["mode"] != "none":
        return
    for component, variable in _VARIABLES.items():
        value = values["components"][component]["extraEnv"].get(variable)
        if isinstance(value, str) and value.lower() in ("true", "1"):
            yield values.error(
                "E223",
                ("components", component, "extraEnv", variable),
                "browsers keep these cookies to HTTPS, and gateway.tls.mode is none; leave it "
                "out, or write terminated there if a load balancer of yours encrypts",
            )
