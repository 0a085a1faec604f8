"""Mail over SMTP, one recipient a time: a refusal of one address leaves the others alone.

Sends bytes that were frozen before; builds nothing. At least once: when the connection drops after
the last byte, nobody can know whether the server took it (RFC 1047), and the retry carries the same
Message-ID. An answer after the server's 250 changes nothing any more.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

from watcher.crash import crashpoint
from watcher.digest.address import address
from watcher.errors import DeliveryError
from watcher.model import Parcel

_PORTS = {"ssl": 465, "starttls": 587, "none": 25}

# Mailboxes whose SMTP does not take the login password but a code made in their web settings.
_CODE_NAMES = {
    "qq.com": "授权码",
    "foxmail.com": "授权码",
    "163.com": "授权码",
    "126.com": "授权码",
    "yeah.net": "授权码",
    "139.com": "授权码",
    "sina.com": "授权码",
    "sohu.com": "独立密码",
    "aliyun.com": "第三方客户端安全密码",
    "gmail.com": "app password (应用专用密码)",
    "icloud.com": "app password (App 专用密码)",
    "mail.me.com": "app password (App 专用密码)",
}


@dataclass(frozen=True, slots=True)
class Mailer:
    """Where mail is handed over, and as whom. Calling it sends one message."""

    host: str
    sender: str  # an address, with or without a name before it
    tls: Literal["ssl", "starttls", "none"] = "ssl"
    port: int | None = None  # None: the usual one for `tls`
    user: str | None = None  # None: no login
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0  # seconds that the server may stay silent

    def __call__(self, parcel: Parcel) -> None:
        """Hands one message to the server and waits for its answer.

        DeliveryError: permanent for what the server refused for good (5xx), not for what may pass
        (4xx, no connection, TLS) or what the operator can mend without a new message (the login).
        """
        try:
            sender, recipient = address(self.sender)[1], address(parcel.target)[1]
        except ValueError as error:
            raise DeliveryError(str(error), permanent=True) from error
        with _translated(self), _session(self) as session:
            crashpoint("mail.connected")
            _hand_over(session, sender, recipient, parcel.body)
            crashpoint("mail.taken")

    def greet(self) -> None:
        """Connects and logs in as for a message, and leaves. Raises DeliveryError as for one."""
        with _translated(self), _session(self):
            pass

    @property
    def where(self) -> str:
        """Host and port, as users read them."""
        return f"{self.host}:{self.port or _PORTS[self.tls]}"


@contextmanager
def _session(mailer: Mailer) -> Iterator[smtplib.SMTP]:
    """A connection, encrypted and logged in as the settings say; closed in any case."""
    crashpoint("mail.connects")
    context = ssl.create_default_context()
    port = mailer.port or _PORTS[mailer.tls]
    client = (
        smtplib.SMTP_SSL(mailer.host, port, timeout=mailer.timeout, context=context)
        if mailer.tls == "ssl"
        else smtplib.SMTP(mailer.host, port, timeout=mailer.timeout)
    )
    try:
        if mailer.tls == "starttls":
            client.starttls(context=context)
        if mailer.user is not None:
            client.login(mailer.user, mailer.password or "")
        yield client
        with suppress(smtplib.SMTPException, OSError):
            client.quit()  # the message is taken: a server that stumbles now must not cause a second one
    finally:
        client.close()


def _hand_over(session: smtplib.SMTP, sender: str, recipient: str, body: bytes) -> None:
    """MAIL, RCPT, DATA and the message, as smtplib's `sendmail`, with a name for each place to die at."""
    session.ehlo_or_helo_if_needed()
    code, answer = session.mail(sender, [f"size={len(body)}"] if session.has_extn("size") else [])
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, answer, sender)
    crashpoint("mail.from")
    code, answer = session.rcpt(recipient)
    if code not in (250, 251):
        raise smtplib.SMTPRecipientsRefused({recipient: (code, answer)})
    crashpoint("mail.to")
    code, answer = session.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPDataError(code, answer)
    crashpoint("mail.data")
    session.send(re.sub(rb"(?m)^\.", b"..", body.removesuffix(b"\r\n")) + b"\r\n")
    crashpoint("mail.body")
    session.send(b".\r\n")
    crashpoint("mail.ended")  # from here to our note of it, nobody knows whether it was taken
    code, answer = session.getreply()
    if code != 250:
        raise smtplib.SMTPDataError(code, answer)


@contextmanager
def _translated(mailer: Mailer) -> Iterator[None]:
    """Exceptions of smtplib and of the network as DeliveryErrors."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise _later(_login_refused(mailer, error), error.smtp_code) from error
    except smtplib.SMTPRecipientsRefused as error:
        (recipient, (code, answer)), *_ = error.recipients.items()
        raise _refused(f"{mailer.where} refused the recipient {recipient}", code, answer) from error
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:  # the host, not this message
        what = f"{mailer.where} does not want to talk to us: {error.smtp_code} {_said(error.smtp_error)}"
        raise _later(what, error.smtp_code) from error
    except smtplib.SMTPSenderRefused as error:
        what = f"{mailer.where} refused the sender {error.sender} (it may want the address of the login)"
        raise _refused(what, error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(f"{mailer.where} refused the message", error.smtp_code, error.smtp_error) from error
    except UnicodeEncodeError as error:
        raise _later(f"{mailer.where} takes only ASCII in user and password") from error
    except (smtplib.SMTPException, OSError) as error:
        raise _later(_broken(mailer, error)) from error


def _broken(mailer: Mailer, error: Exception) -> str:
    """Why there is no talking to the server, and what to look at; smtplib's errors are OSErrors too."""
    match error:
        case smtplib.SMTPNotSupportedError():
            return f"{mailer.where} cannot do what [smtp] asks for: {error} Look at tls, user and port."
        case smtplib.SMTPException():
            return f"{mailer.where} broke off: {error}"
        case ssl.SSLError():
            return (
                f"no TLS with {mailer.where}: {error.reason or error}; "
                'tls = "ssl" goes with port 465, "starttls" with 587, "none" with a server on this machine'
            )
        case TimeoutError():
            return f"{mailer.where} said nothing for {mailer.timeout:g} seconds"
        case socket.gaierror():
            return f"the name {mailer.host} does not resolve: {error.strerror}"
        case _:
            return f"no connection to {mailer.where}: {error}"


def _login_refused(mailer: Mailer, error: smtplib.SMTPAuthenticationError) -> str:
    code_name = next((name for mailbox, name in _CODE_NAMES.items() if _belongs(mailer.host, mailbox)), None)
    advice = (
        f"it wants the {code_name} made in the mailbox's settings on the web, not the login password"
        if code_name
        else "check [smtp] user and password_file; many mailboxes want a 授权码 (app password) here"
    )
    answer = f"{error.smtp_code} {_said(error.smtp_error)}"
    return f"{mailer.host} refused the login of {mailer.user}: {advice} ({answer})"


def _belongs(host: str, mailbox: str) -> bool:
    return f".{host.lower()}".endswith(f".{mailbox}")


def _refused(what: str, code: int, answer: bytes | str) -> DeliveryError:
    return DeliveryError(f"{what}: {code} {_said(answer)}", permanent=code >= 500, code=code)


def _later(message: str, code: int | None = None) -> DeliveryError:
    return DeliveryError(message, permanent=False, code=code)


def _said(answer: bytes | str) -> str:
    """A server's answer as one line; some answer in GBK."""
    if isinstance(answer, str):
        return " ".join(answer.split())[:200]
    try:
        return _said(answer.decode())
    except UnicodeDecodeError:
        return _said(answer.decode("gb18030", "replace"))
