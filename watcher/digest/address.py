"""Addresses of people, as the config and the command line write them, fit for a mail's header."""

import re

from watcher.digest.clean import one_line

_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_NAMED = re.compile(r"\s*(?:(?P<name>[^<>]*?)\s*<(?P<in>[^<>]*)>|(?P<bare>[^<>]*?))\s*")


def address(text: str) -> tuple[str, str]:
    """Name (may be empty) and address of "张三 <a@b.example>" or "a@b.example"; ValueError if it is none."""
    match = _NAMED.fullmatch(text)
    found = match and (match["in"] or match["bare"] or "").strip()
    if not match or not found or not _ADDRESS.fullmatch(found):
        raise ValueError(f"{one_line(text, 100)!r} is no mail address; write name@example.org")
    return header_text((match["name"] or "").strip(' "'), 60), found


def header_text(text: str, limit: int) -> str:
    """Text fit for a header: clients decode a =?…?= in it, and some find line ends inside."""
    return one_line(text, limit).replace("=?", "= ?")
