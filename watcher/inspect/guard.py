"""What keeps hostile pages out and hostile text harmless: a check of the host, and a policy per page.

A page elsewhere can point its own name at 127.0.0.1 and read what listens there (DNS rebinding), so
only the names of this machine are served. Our page runs no script at all; those of Datasette and the
charts need inline script, so there the policy only keeps everything on this server.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

OURS = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
THEIRS = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


def guarded(app: App) -> App:
    """The application, refusing requests that name another host, and with headers on each answer."""

    async def wrapped(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif not _names_this_machine(scope):
            await _refuse(send)
        else:
            await app(scope, receive, _with_headers(scope["path"], send))

    return wrapped


def _names_this_machine(scope: Scope) -> bool:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in _HERE


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": b"Open http://127.0.0.1 on this machine.\n"})


def _with_headers(path: str, send: Any) -> Any:
    policy = OURS if path.startswith("/-/item/") else THEIRS
    added = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", []), *added]
        await send(message)

    return sending
