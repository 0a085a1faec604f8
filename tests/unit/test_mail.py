"""Mails: the same bytes each time, and no header that we did not write."""

import email.charset
import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.digest_samples import UNTIL, digest, item
from watcher.digest.address import address
from watcher.digest.mail import addressed, again, letter, read_back, trial
from watcher.model import Digest, Message

KEY = "daily@2022-02-23T08:00"
SENDER = "工业互联网日报 <digest@mail.example.org>"
HEADERS = [
    "Message-ID",
    "Date",
    "From",
    "To",
    "Subject",
    "Auto-Submitted",
    "List-Id",
    "X-Watcher-Digest",
    "MIME-Version",
    "Content-Type",
]


def mail(made: Digest, key: str, sender: str, recipient: str) -> Message:
    return addressed(letter(made, key, sender), recipient)


def parsed(message: Message) -> EmailMessage:
    return cast("EmailMessage", message_from_bytes(message.body, policy=default))


def test_a_mail_as_clients_want_it() -> None:
    made = mail(digest(item()), KEY, SENDER, "张三 <reader@example.org>")
    read = parsed(made)
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    plain, html = read.iter_parts()
    assert "── 重庆市 ──" in cast("EmailMessage", plain).get_content()
    assert "<!doctype html>" in cast("EmailMessage", html).get_content()
    assert read["Subject"] == made.subject == "工业互联网日报 · 2022-02-23 周三 08:00 · 1 篇 · 1 个来源"
    assert read["From"] == SENDER
    assert read["To"] == "张三 <reader@example.org>"
    assert made.recipient == "reader@example.org"
    assert read["List-Id"] == "<daily.mail.example.org>"
    assert read["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(read["Date"]) == UNTIL
    assert read["Message-ID"] == made.message_id
    assert made.message_id.startswith("<daily-2022-02-23T08-00.")
    assert made.message_id.endswith("@mail.example.org>")


def test_the_same_mail_twice_is_the_same_bytes() -> None:
    assert mail(digest(item()), KEY, SENDER, "a@example.org") == mail(
        digest(item()), KEY, SENDER, "a@example.org"
    )


def test_message_ids_differ_by_issue_and_recipient_only() -> None:
    ids = {
        mail(digest(item(n)), key, SENDER, to).message_id
        for n in (1, 2)
        for key in (KEY, "daily@2022-02-24T08:00")
        for to in ("a@example.org", "b@example.org", "甲 <b@example.org>")
    }
    assert len(ids) == 4


def test_lines_are_ascii_and_short() -> None:
    made = mail(
        digest(*(item(n) for n in range(1, 30)), title="工业互联网" * 40), KEY, SENDER, "a@example.org"
    )
    lines = made.body.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert all(line.isascii() and len(line) <= 78 for line in lines)


HOSTILE = [
    "=?utf-8?q?=0d=0aBcc:_evil@example.org?=",
    "标题=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5vcmc=?=",
    "a\r\nBcc: evil@example.org",
    "a\n\n<html>",
    "a\u0085Bcc: x\u2028y\x0bz\x0c\x1c\x1d\x1e",
    "a\x00b\u202ec\ud800",
    "长" * 10_000,
    "",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_header(text: str) -> None:
    made = mail(digest(item(title=text, outlet=text), title=text, name=text), text, SENDER, "a@example.org")
    assert parsed(made).keys() == HEADERS
    assert parsed(made)["Subject"] == made.subject


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=90) | st.text(alphabet="=?utf-8qbQB_0dD\r\n 重庆", max_size=90), st.text(max_size=40))
def test_headers_read_back_as_they_were_written(title: str, name: str) -> None:
    made = mail(digest(title=title, name=name), f"{name}@2022-02-23T08:00", SENDER, "a@example.org")
    read = parsed(made)
    assert read.keys() == HEADERS
    assert read["Subject"] == made.subject
    assert read["Message-ID"] == made.message_id
    assert read["To"] == "a@example.org"
    assert len(re.findall("Date: ", made.body.decode())) == 1
    assert not [defect for part in read.walk() for defect in part.defects]


def test_a_smuggled_header_is_found() -> None:
    with pytest.raises(ValueError, match="Bcc"):
        read_back(b"To: a@example.org\r\nBcc: evil@example.org\r\n\r\n", ["To"])


ADDRESSES = [
    ("a@example.org", ("", "a@example.org")),
    (" <a@example.org> ", ("", "a@example.org")),
    ("张三 <a.b+c@example.org>", ("张三", "a.b+c@example.org")),
    ('"Zhang, San" <a@example.org>', ("Zhang, San", "a@example.org")),
    ("root@localhost", ("", "root@localhost")),
]


@pytest.mark.parametrize(("text", "expected"), ADDRESSES)
def test_address(text: str, expected: tuple[str, str]) -> None:
    assert address(text) == expected


NO_ADDRESSES = [
    "",
    "a",
    "a@",
    "@b",
    "a@b@c",
    "a b@c.example",
    "a@b.example\r\nBcc: c@d.example",
    "a@b.example, c@d.example",
    "<a@b.example> <c@d.example>",
    "张三@example.org",
    "a@例子.cn",
    "a@b..c",
]


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="is no mail address"):
        address(text)


def test_the_trial_message() -> None:
    made = trial("a@example.org", "b@example.org", UNTIL + timedelta(seconds=7))
    assert made.message_id.startswith("<test-2022-02-23T00-00-07.")
    assert parsed(made).keys() == [name for name in HEADERS if name not in {"List-Id", "X-Watcher-Digest"}]
    assert "SMTP 设置可用" in cast("EmailMessage", parsed(made).get_body()).get_content()


UNSUBSCRIBE = [
    ("ops@example.org", "<mailto:ops@example.org?subject=unsubscribe%20daily>"),
    ("运维 <ops@example.org>", "<mailto:ops@example.org?subject=unsubscribe%20daily>"),
    ("https://example.org/退订", "<https://example.org/%E9%80%80%E8%AE%A2>"),
    ("call me", None),
    ("x@y>\r\nBcc: a@b.example", None),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("contact", "value"), UNSUBSCRIBE)
def test_a_way_off_the_list(contact: str | None, value: str | None) -> None:
    made = addressed(letter(digest(item()), KEY, SENDER, contact), "a@example.org")
    assert parsed(made)["List-Unsubscribe"] == value


def test_a_mail_sent_again_is_the_same_but_for_its_id_and_reader() -> None:
    first = mail(digest(item()), KEY, SENDER, "张三 <a@example.org>")
    second = again(first.body, "李四 <b@example.org>", f"{KEY}+again")
    one, two = parsed(first), parsed(second)
    assert two["Message-ID"] == second.message_id != first.message_id
    assert str(two["To"]) == "李四 <b@example.org>"
    assert [key for key in one if one[key] != two[key]] == ["Message-ID", "To"]
    assert first.body.partition(b"\r\n\r\n")[2] == second.body.partition(b"\r\n\r\n")[2]
    with pytest.raises(ValueError, match="no mail address"):
        again(first.body, "nobody\r\nBcc: x", KEY)


def test_other_libraries_do_not_change_our_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    before = mail(digest(item()), KEY, SENDER, "张三 <reader@example.org>")
    charsets = dict(email.charset.CHARSETS)
    monkeypatch.setattr(email.charset, "CHARSETS", charsets)
    email.charset.add_charset("utf-8", email.charset.QP, email.charset.QP)  # as Apprise does on import
    assert mail(digest(item()), KEY, SENDER, "张三 <reader@example.org>") == before
