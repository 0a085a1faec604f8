"""Puts secrets into URLs and headers at the last moment, and takes them out of all that is kept or shown."""

import re
from collections.abc import Mapping
from urllib.parse import quote

_PLACE = re.compile(r"\{secret:([^{}]+)\}")


class Secrets:
    """The secrets by name. Texts in the config hold `{secret:name}` in their place."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._places = {
            spelling: f"{{secret:{name}}}"
            for name, value in values.items()
            if value
            for spelling in (value, quote(value, safe=""))
        }

    def fill(self, text: str, written: str | None = None) -> str:
        """Returns the text with its secrets in. Raises ValueError naming one that is not known.

        With `written`, a text of the user's, only the places that stand there are filled: an address
        learnt from a server could else ask for any secret there is.
        """
        allowed = None if written is None else set(_PLACE.findall(written))

        def value(match: re.Match[str]) -> str:
            if allowed is not None and match[1] not in allowed:
                return match[0]
            if match[1] not in self._values:
                raise ValueError(f"the secret {match[1]!r} is not set")
            return self._values[match[1]]

        return _PLACE.sub(value, text)

    def named_in(self, text: str) -> bool:
        """Tells if the text has a place for a secret."""
        return _PLACE.search(text) is not None

    def hide(self, text: str) -> str:
        """Returns a text from outside with every known secret replaced by its place, longest first."""
        for spelling in sorted(self._places, key=len, reverse=True):
            text = text.replace(spelling, self._places[spelling])
        return text
