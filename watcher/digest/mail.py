"""A digest as mail: one MIME message a recipient, finished down to the last byte before anything is sent.

Builds, never sends. Nothing is drawn by lot or from the clock (Message-ID, Date, boundary), so that
the same digest gives the same bytes and every retry carries the same Message-ID. No feed text goes
into a header; what does go in is cleaned, and the finished bytes are read back and compared. The
few lines of MIME are written out here: email.policy loses spaces between encoded words, and before
CPython's gh-121650 it let line ends in a value through.
"""

import re
from base64 import encodebytes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.charset import BASE64, Charset
from email.header import Header
from email.policy import default
from email.utils import format_datetime
from hashlib import sha256
from html import escape

from watcher.digest.address import address, header_text
from watcher.digest.clean import link
from watcher.digest.render import render
from watcher.digest.templates import SHIPPED, Templates
from watcher.digest.view import counts, date_line
from watcher.model import Digest, Message


@dataclass(frozen=True, slots=True)
class Letter:
    """What all recipients get alike."""

    key: str
    sender: str
    subject: str
    date: datetime
    text: str
    page: str
    listed: tuple[tuple[str, str], ...] = ()  # headers of a list


def letter(
    digest: Digest, key: str, sender: str, contact: str | None = None, templates: Templates = SHIPPED
) -> Letter:
    """A digest as mail, for all its recipients; `key` names this issue for ever ("daily@2022-02-23T08:00").

    `contact` is whom one asks to be taken off the list: a mail address or a web page. ValueError, as a
    sentence, if the sender is no address; TemplateFault where an own template does not work.
    """
    listed = {"List-Id": f"<{_atom(digest.name)}.{_domain(sender)}>"}
    if way_out := _unsubscribe(contact, digest.name):
        listed["List-Unsubscribe"] = way_out
    return Letter(
        key=key,
        sender=sender,
        subject=f"{digest.title} · {date_line(digest)} · {counts(digest)}",
        date=digest.made_at,
        text=render(digest, "txt", templates).body.decode(),
        page=render(digest, "html", templates).body.decode(),
        listed=tuple({**listed, "X-Watcher-Digest": _atom(key)}.items()),
    )


def trial(recipient: str, sender: str, now: datetime) -> Message:
    """The message that proves the SMTP settings; ValueError if an address is none."""
    text = "这是一封测试邮件：watcher 的 SMTP 设置可用。\n"
    page = f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><p>{text.strip()}</p></html>\n'
    key = f"test@{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
    return addressed(Letter(key, sender, "watcher 测试邮件", now, text, page), recipient)


def note(recipient: str, sender: str, subject: str, text: str, key: str, now: datetime) -> Message:
    """A plain message to the operator; ValueError if an address is none."""
    page = f'<!doctype html><html><meta charset="utf-8"><pre>{escape(text)}</pre></html>\n'
    return addressed(Letter(key, sender, subject, now, text, page), recipient)


def addressed(letter: Letter, recipient: str) -> Message:
    """The message for one recipient; ValueError, as a sentence, if an address is none."""
    from_name, from_address = address(letter.sender)
    to_name, to_address = address(recipient)
    token = sha256(f"{letter.key}\n{to_address}".encode("utf-8", "surrogatepass")).hexdigest()[:20]
    subject = header_text(letter.subject, 120)
    message_id = f"<{_atom(letter.key)}.{token}@{_domain(letter.sender)}>"
    boundary = f"=_{token}"  # base64 has no "_": it cannot stand in a part
    headers = {
        "Message-ID": message_id,
        "Date": format_datetime(letter.date.astimezone(UTC)),
        "From": _mailbox("From", from_name, from_address),
        "To": _mailbox("To", to_name, to_address),
        "Subject": _encoded("Subject", subject),
        "Auto-Submitted": "auto-generated",  # RFC 3834: no out-of-office replies, please
        **dict(letter.listed),
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    parts = [_part("plain", letter.text), _part("html", letter.page)]
    body = [f"--{boundary}\r\n{part}" for part in parts]
    mime = "".join([_block(headers), *body, f"--{boundary}--\r\n"]).encode("ascii")
    return Message(message_id, to_address, subject, read_back(mime, list(headers)))


def again(body: bytes, recipient: str, key: str) -> Message:
    """A mail that was sent before, once more; only Message-ID and To differ.

    `key` is a new one: a mailbox hides what comes under a Message-ID that it has. ValueError if the
    address is none.
    """
    name, found = address(recipient)
    head, _, rest = body.partition(b"\r\n\r\n")
    fields = [line.partition(": ") for line in re.split(r"\r\n(?![ \t])", head.decode("ascii"))]
    headers = {field: value for field, _, value in fields}
    token = sha256(f"{key}\n{found}".encode()).hexdigest()[:20]
    headers["Message-ID"] = (
        f"<{_atom(key)}.{token}{headers['Message-ID'][headers['Message-ID'].rindex('@') :]}"
    )
    headers["To"] = _mailbox("To", name, found)
    mime = _block(headers).encode("ascii") + rest
    return Message(headers["Message-ID"], found, "", read_back(mime, list(headers)))


def read_back(body: bytes, headers: Sequence[str]) -> bytes:
    """The bytes, if a reader finds exactly these headers in them; ValueError if a value smuggled one in."""
    found = message_from_bytes(body, policy=default).keys()
    if found != list(headers):
        raise ValueError(f"the mail would carry the headers {found} instead of {list(headers)}")
    return body


def _part(subtype: str, text: str) -> str:
    """One alternative, in base64, so that no transport rewraps a line."""
    headers = {"Content-Type": f"text/{subtype}; charset=utf-8", "Content-Transfer-Encoding": "base64"}
    return _block(headers) + encodebytes(text.encode()).decode("ascii").replace("\n", "\r\n")


def _block(headers: Mapping[str, str]) -> str:
    """A header block as it goes over the wire, with the empty line behind it."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"


def _mailbox(header: str, name: str, found: str) -> str:
    return f"{_encoded(header, name)} <{found}>" if name else found


def _encoded(header: str, text: str) -> str:
    """Text as folded encoded words (RFC 2047), in base64.

    The charset is our own: libraries (Apprise) change the global one of that name to quoted-printable,
    and the same digest must give the same bytes whatever was imported before.
    """
    utf8 = Charset("utf-8")
    utf8.header_encoding = BASE64
    return Header(text, utf8, header_name=header).encode(linesep="\r\n")


def _unsubscribe(contact: str | None, name: str) -> str | None:
    """RFC 2369: mail clients show a button for it."""
    if contact and (page := link(contact)):
        return f"<{page}>"
    try:
        found = address(contact or "")[1]
    except ValueError:
        return None
    return f"<mailto:{found}?subject=unsubscribe%20{_atom(name)}>"


def _domain(sender: str) -> str:
    return address(sender)[1].rpartition("@")[2].lower()


def _atom(text: str) -> str:
    """A name for identifiers: ASCII letters, digits and -; one that had others is told by its hash."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-")
    if plain and re.fullmatch(r"[A-Za-z0-9@:.-]{1,40}", text):
        return plain
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain[:24]}-{digest}".lstrip("-").replace("--", "-")
