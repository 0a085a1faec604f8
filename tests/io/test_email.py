"""Mail over real SMTP servers on loopback: what arrives, and what refusals, delays and drops become."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from tests.io.smtp_servers import Post, answering, free_port, served, tls_served
from watcher.deliver.email import Mailer, _login_refused
from watcher.errors import DeliveryError
from watcher.model import Parcel

BODY = b"Message-ID: <daily.1@example.org>\r\nSubject: x\r\n\r\n.a line with a dot\r\nend\r\n"


def parcel(to: str = "reader@example.org") -> Parcel:
    return Parcel("email", to, BODY, message_id="<daily.1@example.org>")


def mailer(port: int, **changes: Any) -> Mailer:
    values: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "sender": "日报 <digest@example.org>",
        "timeout": 5,
    }
    return Mailer(**(values | changes))


def refusal(send: Mailer, to: str = "reader@example.org") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        send(parcel(to))
    return caught.value


def test_the_bytes_arrive_as_they_were_frozen() -> None:
    post = Post()
    with served(post) as port:
        mailer(port)(parcel("张三 <reader@example.org>"))
    (envelope,) = post.taken
    assert envelope.content == BODY
    assert envelope.mail_from == "digest@example.org"
    assert envelope.rcpt_tos == ["reader@example.org"]


def test_one_refused_recipient_leaves_the_others_alone() -> None:
    post = Post(bad="550 no such user", later="451 come back")
    errors = {}
    with served(post) as port:
        for name in ("one", "bad", "later", "two"):
            try:
                mailer(port)(parcel(f"{name}@example.org"))
            except DeliveryError as error:
                errors[name] = (error.permanent, error.code)
    assert errors == {"bad": (True, 550), "later": (False, 451)}
    assert [envelope.rcpt_tos for envelope in post.taken] == [["one@example.org"], ["two@example.org"]]


REFUSALS = [
    ("MAIL", "553 sender must be the login", True, "address of the login"),
    ("MAIL", "451 greylisted", False, "451 greylisted"),
    ("RCPT", "550 no such user", True, "refused the recipient reader@example.org: 550 no such user"),
    ("RCPT", "421 too many connections", False, "421"),
    ("DATA", "552 too big", True, "refused the message: 552 too big"),
    ("DATA", "554 spam", True, "554 spam"),
    ("DATA", "452 no space", False, "452 no space"),
]


@pytest.mark.parametrize(("verb", "answer", "permanent", "said"), REFUSALS)
def test_refusals(verb: str, answer: str, permanent: bool, said: str) -> None:
    post = Post(**{verb: answer})
    with served(post) as port:
        error = refusal(mailer(port))
    assert error.permanent is permanent
    assert error.code == int(answer[:3])
    assert said in str(error)
    assert post.taken == []


async def _drop(server: SMTP) -> None:
    if server.transport is not None:
        server.transport.abort()


async def _sleep(server: SMTP) -> None:
    await asyncio.sleep(0.8)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("stumble", "said"), [(_drop, "broke off"), (_sleep, "")])
def test_drops_and_delays_are_tried_again(verb: str, stumble: Callable[[SMTP], Any], said: str) -> None:
    with served(Post(**{verb: stumble})) as port:
        error = refusal(mailer(port, timeout=0.3))
    assert not error.permanent
    assert said in str(error)


@pytest.mark.parametrize("answer", [_drop, "451 not now", _sleep])
def test_a_server_that_stumbles_over_quit_has_taken_the_mail(answer: Any) -> None:
    post = Post(QUIT=answer)
    with served(post) as port:
        mailer(port, timeout=0.3)(parcel())
    assert len(post.taken) == 1


GREETINGS = [
    ((b"554 you are blocked\r\n",), 554, "does not want to talk to us: 554 you are blocked"),
    ((b"421 busy\r\n",), 421, "421 busy"),
    ((b"220 hi\r\n", b"502 what\r\n", b"502 what\r\n"), 502, "502"),
    ((b"HTTP/1.1 400 Bad Request\r\n",), -1, "does not want to talk to us"),
    ((), None, "broke off"),
]


@pytest.mark.parametrize(("lines", "code", "said"), GREETINGS)
def test_a_host_that_will_not_talk(lines: tuple[bytes, ...], code: int | None, said: str) -> None:
    with answering(*lines) as port:
        error = refusal(mailer(port))
    assert said in str(error)
    assert error.code == code
    assert not error.permanent


def test_an_answer_in_gbk_is_read() -> None:
    lines = (
        b"220 hi\r\n",
        b"250 hi\r\n",
        b"250 ok\r\n",
        "550 用户不存在\r\n".encode("gbk"),
    )
    with answering(*lines) as port:
        assert "550 用户不存在" in str(refusal(mailer(port)))


def test_no_server_and_no_name() -> None:
    error = refusal(mailer(free_port()))
    assert "no connection to 127.0.0.1:" in str(error)
    assert not error.permanent
    error = refusal(mailer(25, host="mail.invalid"))
    assert "the name mail.invalid does not resolve" in str(error)
    assert not error.permanent


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_login() -> None:
    post = Post()
    options = {"authenticator": post.login, "auth_require_tls": False, "auth_required": True}
    with served(post, **options) as port:
        mailer(port, user="digest@example.org", password="code")(parcel())
        assert len(post.taken) == 1
        error = refusal(mailer(port, user="digest@example.org", password="login password"))
        assert "授权码" in str(error)
        assert "login password" not in str(error)
        assert (error.permanent, error.code) == (False, 535)
        assert refusal(mailer(port)).code == 530
    assert set(post.users) == {"digest@example.org"}


def test_a_server_that_says_nothing_at_all() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # connects, but nobody answers
        port = listener.getsockname()[1]
        assert "said nothing for 0.2 seconds" in str(refusal(mailer(port, tls="ssl", timeout=0.2)))
        assert "timed out" in str(refusal(mailer(port, timeout=0.2)))


def test_a_login_that_cannot_be_sent() -> None:
    post = Post()
    with served(post, authenticator=post.login, auth_require_tls=False) as port:
        assert "only ASCII" in str(refusal(mailer(port, user="a@example.org", password="密码")))
    with served(post) as port:
        assert "look at tls, user and port" in str(refusal(mailer(port, user="a", password="b"))).lower()


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("smtp.qq.com", "授权码"),
        ("smtp.exmail.qq.com", "授权码"),
        ("smtp.163.com", "授权码"),
        ("SMTP.GMAIL.COM", "应用专用密码"),
        ("smtp.notqq.com", "check [smtp] user"),
    ],
)
def test_the_code_that_a_mailbox_wants_is_named(host: str, name: str) -> None:
    from smtplib import SMTPAuthenticationError

    said = _login_refused(mailer(465, host=host, user="a@b.example"), SMTPAuthenticationError(535, b"Error"))
    assert name in said
    assert host in said


def test_the_password_is_not_shown() -> None:
    assert "geheim" not in repr(mailer(25, password="geheim"))


@pytest.mark.parametrize("changes", [{"sender": "nobody"}, {}])
def test_a_wrong_address_is_a_permanent_error(changes: dict[str, str]) -> None:
    error = refusal(mailer(1, **changes), to="reader@example.org" if changes else "reader\r\n@example.org")
    assert error.permanent
    assert "is no mail address" in str(error)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not installed: no certificate to test TLS with")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    return cert, key


@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_tls(tls: Any, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    post = Post()
    options = {"ssl_context": context} if tls == "ssl" else {"tls_context": context, "require_starttls": True}
    with tls_served(post, **options) as port:
        error = refusal(mailer(port, host="localhost", tls=tls))  # signed by nobody we know
        assert "no TLS with localhost" in str(error)
        assert "starttls" in str(error)
        assert not error.permanent
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        mailer(port, host="localhost", tls=tls)(parcel())
        assert refusal(mailer(port, tls=tls)).code is None  # 127.0.0.1 is not the name it is made out to
    assert len(post.taken) == 1
    assert post.secure == [True]


def test_tls_of_the_wrong_kind_is_told() -> None:
    with served(Post()) as port:
        assert 'tls = "ssl" goes with port 465' in str(refusal(mailer(port, tls="ssl")))
        assert "STARTTLS" in str(refusal(mailer(port, tls="starttls")))


@pytest.mark.parametrize(("tls", "port"), [("ssl", 465), ("starttls", 587), ("none", 25)])
def test_the_usual_ports(tls: Any, port: int) -> None:
    assert Mailer("mail.example.org", "a@example.org", tls=tls).where == f"mail.example.org:{port}"
