"""Pushes through the real Apprise to a real HTTP server on loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from watcher.deliver import push
from watcher.deliver.push import Pusher
from watcher.errors import DeliveryError
from watcher.model import Parcel

# Apprise loads all its plugins at once, and one of them looks for a module that Python is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")

BODY = "日报 · 2022-02-23\n\n1. [标题](https://a.example/1)\n还有 2 条\n".encode()


@contextmanager
def robot(status: int = 200) -> Iterator[tuple[str, list[Any]]]:
    """(address, what it was told) of a chat robot that answers with that status."""
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((self.path, json.loads(body)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"json://127.0.0.1:{server.server_port}", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_push_arrives_with_its_secret_put_in() -> None:
    with robot() as (address, heard):
        Pusher({"key": "s3cret"})(Parcel("push", f"{address}/hook/{{secret:key}}", BODY))
    ((path, told),) = heard
    assert path == "/hook/s3cret"
    assert told["title"] == "日报 · 2022-02-23"
    assert "https://a.example/1" in told["message"]
    assert "还有 2 条" in told["message"]


def test_a_refused_push_is_tried_again_and_tells_no_secret() -> None:
    with robot(500) as (address, _), pytest.raises(DeliveryError) as caught:
        Pusher({"key": "s3cret"})(Parcel("push", f"{address}/hook/{{secret:key}}", BODY))
    assert not caught.value.permanent
    assert "did not take it" in str(caught.value)
    assert "500" in str(caught.value)
    assert "s3cret" not in str(caught.value)


FAULTS = [
    ("nonsense://x", {}, True, "no address that Apprise knows"),
    ("{secret:wecom}", {}, False, "the secret wecom is not there"),
    ("{secret:wecom}", {"wecom": "nonsense"}, True, "{secret:wecom} is no address"),
]


@pytest.mark.parametrize(("target", "secrets", "permanent", "said"), FAULTS)
def test_faults(target: str, secrets: dict[str, str], permanent: bool, said: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        Pusher(secrets)(Parcel("push", target, BODY))
    assert caught.value.permanent is permanent
    assert said in str(caught.value)


def test_without_apprise_the_way_to_get_it_is_told() -> None:
    def load(name: str) -> Any:
        raise ModuleNotFoundError(name)

    with pytest.raises(DeliveryError, match=r'pip install "watcher\[push\]"') as caught:
        push._apprise(load)
    assert not caught.value.permanent
