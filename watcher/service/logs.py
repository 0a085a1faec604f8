"""One event a line: a name and fields, for people and for journald, or as JSON.

Text from feeds may stand in a field and is escaped there: a title that holds a line end, an ANSI
sequence or a right-to-left override must not forge or hide an event.
"""

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal

_PLAIN = re.compile(r"[\w.:/@%+,~-]+")
_SYSLOG = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
_LONGEST = 500  # characters of one value

log = logging.getLogger("watcher")


def event(name: str, /, *, level: int = logging.INFO, **fields: object) -> None:
    """Log one event; fields that are None are left out."""
    kept = {key: value for key, value in fields.items() if value is not None}
    log.log(level, name, extra={"fields": kept})


def warn(name: str, /, **fields: object) -> None:
    """The same for what somebody should look at."""
    event(name, level=logging.WARNING, **fields)


def set_up(form: Literal["text", "json"], env: Mapping[str, str] = os.environ) -> None:
    """Send all logging through here, with journald's level marks where stderr is the journal."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines(journal="JOURNAL_STREAM" in env))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    logging.captureWarnings(True)
    sys.unraisablehook = _unraisable


class TextLines(logging.Formatter):
    """`poll source=nbd outcome=new new=3`; values that are more than a word are quoted."""

    def __init__(self, *, journal: bool = False) -> None:
        super().__init__()
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the values hold."""
        name, fields = _parts(record)
        line = " ".join([_escaped(name), *(f"{key}={_value(value)}" for key, value in fields.items())])
        if self._journal:
            return f"<{_SYSLOG.get(record.levelno, 6)}>{line}"
        return f"{_time(record)} {record.levelname.lower():7} {line}"


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the values hold."""
        name, fields = _parts(record)
        told = {"time": _time(record), "level": record.levelname.lower(), "event": name, **fields}
        return json.dumps(told, default=str)


def _unraisable(broken: Any) -> None:
    where = repr(broken.object)
    log.error("ignored error", extra={"fields": {"where": where}}, exc_info=broken.exc_value)


def _parts(record: logging.LogRecord) -> tuple[str, dict[str, Any]]:
    fields: dict[str, Any] = dict(getattr(record, "fields", {}))
    if record.name != log.name:
        fields["logger"] = record.name
    if record.exc_info:
        fields["trace"] = logging.Formatter().formatException(record.exc_info)[-4000:]
    return record.getMessage(), fields


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _value(value: object) -> str:
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    cut = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return '"' + _escaped(cut.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escaped(text: str) -> str:
    # Not printable: controls, line and paragraph separators, bidi overrides, lone surrogates.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
