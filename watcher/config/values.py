"""How single values are written in the config: durations, sizes, time zones, cron lines, URLs.

Each becomes a pydantic type whose error message says what would be right.
"""

import re
from datetime import time, timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator

from watcher.digest.address import address
from watcher.digest.cron import Cron

_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES = {"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}


def duration(value: object) -> timedelta:
    """`"90s"`, `"30m"`, `"1h"`, `"2d"`, `"1w"`, or a number of seconds."""
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w)\s*", str(value))
    if not found:
        raise ValueError('write a duration as "90s", "30m", "1h" or "2d"')
    return timedelta(seconds=float(found[1]) * _SECONDS[found[2]])


def size(value: object) -> int:
    """`"16MB"`, `"512KB"`, or a number of bytes."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = re.fullmatch(r"\s*(\d+)\s*([KMG]?B|)\s*", str(value).upper())
    if not found:
        raise ValueError('write a size as "16MB", "512KB" or a number of bytes')
    return int(found[1]) * _BYTES[found[2]]


def zone(value: object) -> ZoneInfo:
    """An IANA name such as `Asia/Shanghai`."""
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError('name a time zone as "Asia/Shanghai" or "UTC"') from error


def cron(value: object) -> str:
    """Five fields, weekdays as crontab has them (0 and 7 are Sunday)."""
    text = str(value)
    Cron.parse(text)  # its ValueError names the field
    return text


def line_pattern(value: object) -> str:
    """A regular expression for whole lines."""
    text = str(value)
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is no regular expression: {error}; write it in 'single quotes'") from error
    return text


def web_url(value: object) -> str:
    """An http(s) URL with a host; kept byte for byte."""
    text = str(value)
    try:
        parts = urlsplit(text)
        known = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known or re.search(r"[\s\x00-\x1f]", text):
        raise ValueError("write a whole URL that begins with http:// or https://")
    return text


def private_pair(value: object) -> str:
    """`host:port` of a server in a private network that may be asked."""
    text = str(value)
    if not re.fullmatch(r"(\[[0-9A-Fa-f:]+\]|[\w.-]+):\d{1,5}", text):
        raise ValueError('write "host:port", as in "127.0.0.1:1200"')
    return text


def local_address(value: object) -> str:
    """`127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`: nothing that other machines can reach."""
    text = str(value)
    found = re.fullmatch(r"(127(?:\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5})", text)
    if not found or not 0 < int(found[2]) < 1 << 16:
        raise ValueError('write "127.0.0.1:9464"; only this machine may ask')
    return text


def scheduler_address(value: object) -> str:
    """`tls://host:8786`, or `tcp://host:8786` within a network one trusts."""
    text = str(value)
    if not re.fullmatch(r"(tcp|tls)://(\[[0-9A-Fa-f:]+\]|[\w.-]+):\d{1,5}", text):
        raise ValueError('write "tls://host:8786", or tcp:// within a network you trust')
    return text


def mail_address(value: object) -> str:
    """`name@example.org`, or `名字 <name@example.org>`."""
    text = str(value)
    address(text)  # its ValueError says what is wrong
    return text


def quiet_hours(value: object) -> tuple[time, time]:
    """`"22:00-07:00"`: from the first to the second, over midnight if need be."""
    advice = 'write quiet hours as "22:00-07:00"'
    found = re.fullmatch(r"(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)", str(value))
    if found is None:
        raise ValueError(advice)
    try:
        first, last = (time.fromisoformat(part.zfill(5)) for part in found.groups())
    except ValueError as error:
        raise ValueError(advice) from error
    if first == last:
        raise ValueError("quiet hours that end when they begin are none; leave the key out")
    return first, last


def push_url(value: object) -> str:
    """An address as Apprise has it, its key written `{secret:name}`."""
    text = str(value)
    keyless = text.startswith(("json://", "jsons://", "form://", "xml://"))
    if re.search(r"[\s\x00-\x1f]", text) or not (keyless or re.search(r"\{secret:[^{}]+\}", text)):
        raise ValueError('a push address holds a key; write url = "{secret:name}" and keep it outside')
    return text


Duration = Annotated[timedelta, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(size)]
Zone = Annotated[ZoneInfo, BeforeValidator(zone)]
CronLine = Annotated[str, BeforeValidator(cron)]
LinePattern = Annotated[str, BeforeValidator(line_pattern)]
WebUrl = Annotated[str, BeforeValidator(web_url)]
MailAddress = Annotated[str, BeforeValidator(mail_address)]
LocalAddress = Annotated[str, BeforeValidator(local_address)]
SchedulerAddress = Annotated[str, BeforeValidator(scheduler_address)]
QuietHours = Annotated[tuple[time, time], BeforeValidator(quiet_hours)]
PushUrl = Annotated[str, BeforeValidator(push_url)]
PrivatePair = Annotated[str, BeforeValidator(private_pair)]
