"""Repairs of XML that was made by string concatenation, so that one stray character costs no entry.

Takes out or spells out what no XML parser accepts (control characters, `&nbsp;`, `R&D`, half a
surrogate pair) and leaves the structure alone: a missing end tag is the parser's to guess.
"""

import html.entities
import re
from collections.abc import Iterator, Mapping

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'


def well_formed(text: str, prolog: str) -> str:
    """A feed from its root element on, with a declaration and no reference that XML does not know.

    `prolog` is what stood before the root: the plain entities its document type declares are spelled
    out, and the declaration itself is left out, and with it what entities could do (bombs, files).
    """
    entities = {name: value for name, _, value in _ENTITY.findall(prolog)}
    clean = _SURROGATES.sub(lambda pair: _joined(*pair.groups()), _ILLEGAL.sub("", text))
    spelled = "".join(part if verbatim else _references(part, entities) for part, verbatim in _parts(clean))
    return _DECLARATION + spelled


def without_extensions(document: str) -> str:
    """A feed without the tags (not the text) of modules that carry no news: maps, licences, chapters."""
    return _EXTENSION.sub("", document)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The text in turns outside and inside of CDATA sections, where an ampersand is one."""
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield text[at:start], False
        yield text[start : end + 3], True
        at = end + 3
    yield text[at:], False


def _references(markup: str, entities: Mapping[str, str]) -> str:
    """Every reference one that XML knows: other names spelled out, impossible numbers dropped."""

    def spell(match: re.Match[str]) -> str:
        number, name = match.groups()
        if number is not None:
            return match[0] if _is_xml(_code(number)) else ""
        if name is None:
            return "&amp;"
        known = html.entities.html5.get(f"{name};")
        return html.escape(known) if known else entities.get(name, f"&amp;{name};")

    return _REFERENCE.sub(spell, markup)


def _joined(high: str, low: str) -> str:
    """Emoji come as two references, `&#55357;&#56832;`, from programs that count in UTF-16."""
    first, second = _code(high), _code(low)
    if 0xD800 <= first < 0xDC00 <= second < 0xE000:
        return chr(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    return f"&#{high};&#{low};"


def _code(digits: str) -> int:
    """The number in `x4E2D` or `20013`; one too long for a character is none."""
    if len(digits) > 8:
        return 0
    return int(digits[1:], 16) if digits[0] in "xX" else int(digits)


def _is_xml(code: int) -> bool:
    """XML 1.0, 2.2: the characters a document may hold."""
    return (
        code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    )


_PLAIN = r"(?:[^&<%\"']|&\#x?[0-9a-fA-F]{1,6};){0,64}"  # no entity inside an entity, no parameter entities
_ENTITY = re.compile(rf"<!ENTITY\s+(\w{{1,32}})\s+([\"'])({_PLAIN})\2\s*>")
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATES = re.compile(r"&#(xd[89ab]..|5[56]\d{3});&#(xd[cdef]..|5[67]\d{3});", re.IGNORECASE)
_REFERENCE = re.compile(
    r"&(?!(?-i:lt|gt|amp|quot|apos);)"  # XML knows these, and escaped HTML is full of them
    r"(?:#(x[0-9a-f]+|[0-9]+);|([a-z]\w{0,30});)?",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"</?(?:(?!content:|dc:|dcterms:|atom:|rdf:|rss:)[a-z]\w{0,30}:|textinput|width|height)[^<>]*>",
    re.IGNORECASE,
)
