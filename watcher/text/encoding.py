"""Bytes to text: what a document says of its encoding, believed only as far as the text bears it out.

Feeds of China declare gb2312 and mean GB18030, declare utf-8 or iso-8859-1 and send GBK, or declare
nothing. So: a byte order mark decides; text that is valid UTF-8 is UTF-8; a declaration that decodes
to plausible text is believed; else GB18030, Big5, UTF-8 with holes and Windows-1252, and for longer
texts the encodings of Japan and Korea, are compared by how much of what they give is text that people
write. Never raises: what cannot be read becomes U+FFFD.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document as text, the encoding it was read in, and how that was found."""

    text: str
    encoding: str  # Python's name
    how: str  # "byte order mark", "zero bytes", "declared", "found UTF-8", "plain ASCII", "plausible"


def decode(body: bytes, http_charset: str | None = None) -> Decoded:
    """The text of `body`; `http_charset` is the charset of its Content-Type, if any."""
    return _marked(body) or _wide(body) or _narrow(body, _declared(body, http_charset))


def plausibility(text: str) -> float:
    """How much of the non-ASCII part of a text is what people write: 1 all, below 0 mojibake.

    Looks at 20,000 characters. The commonest Chinese characters (half of any Chinese text) count
    most: chance readings give the second half of the dictionary.
    """
    sample = "".join(islice(_beyond_ascii(text), 20_000))
    return sum(map(_worth, sample)) / len(sample) if sample else 0.0


def _marked(body: bytes) -> Decoded | None:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(encoding, "replace"), encoding, "byte order mark")
    return None


def _wide(body: bytes) -> Decoded | None:
    """UTF-16 or UTF-32 without a mark: markup is ASCII, so its first characters show where zeros fall."""
    head = body[:4]
    for pattern, encoding in _WIDE.items():
        if len(head) == 4 and pattern == "".join("0" if byte == 0 else "x" for byte in head):
            return Decoded(body.decode(encoding, "replace"), encoding, "zero bytes")
    if body.startswith(_EBCDIC):
        return Decoded(body.decode("cp037"), "cp037", "declared")
    return None


def _narrow(body: bytes, declared: tuple[str, ...]) -> Decoded:
    if not declared or declared[0] not in _SEVEN_BIT:
        if body.isascii():
            return Decoded(body.decode("ascii"), "utf-8", "plain ASCII")
        utf8 = _as_utf8(body)
        if utf8 is not None and not _better_as(declared, body, utf8):
            return Decoded(utf8, "utf-8", "declared" if "utf-8" in declared else "found UTF-8")
    return _judge(body, declared)


def _as_utf8(body: bytes) -> str | None:
    """The body as UTF-8 where it is that, give or take a byte: a Latin-1 template around UTF-8 news.

    A last character that was cut in two is none of the bytes that count against it.
    """
    whole = _strict(body, "utf-8")
    if whole is not None:
        return whole
    text = body.decode("utf-8", "replace")
    holes = text.count("�") - body.count("�".encode())  # those that the text itself shows are none
    read = sum(len(run[0]) for run in _NOT_ASCII.finditer(text)) - holes
    against = holes - text.endswith("�")
    return text if read >= max(20 * against, holes) else None


def _better_as(declared: tuple[str, ...], body: bytes, utf8: str) -> bool:
    """联通 in GBK happens to be valid UTF-8: two letters of Arabic and Greek that nobody wrote."""
    other = next((name for name in declared if name not in _SAID_BY_DEFAULT), None)
    text = _strict(body, other) if other else None
    return text is not None and plausibility(text) > plausibility(utf8) + _MARGIN


def _judge(body: bytes, declared: tuple[str, ...]) -> Decoded:
    """The most plausible reading; a declaration that decodes without a hole gets a margin."""
    best, best_score = Decoded("", "utf-8", "plausible"), float("-inf")
    neighbours = NEIGHBOURS if len(body.translate(None, _ASCII)) >= _ENOUGH else ()
    for name in dict.fromkeys((*declared, *CANDIDATES, *neighbours)):
        text = body.decode(name, "replace")
        believed = name in declared and name not in _SAID_BY_DEFAULT and "�" not in text
        score = plausibility(text) + (_MARGIN if believed else 0)
        if score > best_score:
            how = "declared" if name in declared else "plausible"
            best, best_score = Decoded(text, name, how), score
    return best


def _declared(body: bytes, http_charset: str | None) -> tuple[str, ...]:
    """What the document says of itself, then what HTTP says: servers say one thing for all files."""
    head = body[:2048]
    found = [match[1].decode("ascii") for match in (_XML.match(head), _META.search(head)) if match]
    names = (_known(name) for name in [*found, http_charset or ""])
    return tuple(dict.fromkeys(name for name in names if name))


def _known(label: str) -> str | None:
    """Python's name for a label from outside, or None where it is no text encoding we read."""
    label = label.strip().strip("\"'").lower().replace("_", "-")
    if label in _ALIASES:
        return _ALIASES[label]
    if not _LABEL.fullmatch(label):  # Python also knows "zip", "idna" and "unicode-escape"
        return None
    try:
        return codecs.lookup(label).name
    except LookupError:
        return None


def _strict(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        return None


def _beyond_ascii(text: str) -> Iterator[str]:
    for run in _NOT_ASCII.finditer(text):
        yield from run[0]


def _worth(char: str) -> float:
    if char in _COMMONEST:
        return 1.0
    if char in _LEVEL_ONE:
        return 0.5
    return next((worth for last, worth in _RANGES if char <= last), -1.0)


def _level_one() -> frozenset[str]:
    """The 3,755 characters of GB 2312's first level, ordered by use, and full-width punctuation."""
    rows = bytes(byte for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF) for byte in (high, low))
    return frozenset(rows.decode("gb18030")) | frozenset(
        "，。、；：？！“”‘’（）《》〈〉【】「」『』—…·　％～"
    )


_MARGIN = 0.25

_MARKS = (  # the longer first: UTF-32's little-endian mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WIDE = {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
_SEVEN_BIT = frozenset({"iso2022_jp", "hz", "utf-7"})  # look like ASCII, and are not

CANDIDATES = ("utf-8", "gb18030", "big5hkscs", "cp1252")
NEIGHBOURS = ("cp932", "euc_jp", "euc_kr")  # with few bytes to judge by, Chinese is the better guess
_ENOUGH = 200  # bytes beyond ASCII
_ASCII = bytes(range(0x80))
_SAID_BY_DEFAULT = frozenset({"utf-8", "cp1252"})  # by templates and servers that never looked
_ALIASES = {
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb-2312-80", "gb2312-80", "cp936", "ms936"), "gb18030"),
    **dict.fromkeys(("windows-936", "euc-cn", "gb", "chinese", "csgb2312"), "gb18030"),
    **dict.fromkeys(
        ("big5", "big-5", "x-x-big5", "cn-big5", "cp950", "big5-hkscs", "big5-eten"), "big5hkscs"
    ),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"),
    **dict.fromkeys(("shift-jis", "sjis", "x-sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("utf8", "unicode-1-1-utf-8", "utf-8-sig"), "utf-8"),
    "hz-gb-2312": "hz",
    "euc-kr": "cp949",
    "ks-c-5601-1987": "cp949",
}
_LABEL = re.compile(
    r"utf-8|gb18030|euc-jp|iso-2022-jp|hz|cp932|cp949|johab|tis-620|koi8-[rut]|ptcp154"
    r"|(?:iso-?8859-|windows-125|cp125|cp8|ibm8?|mac-?)\w{1,10}"
)
_XML = re.compile(rb"""\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']\s*([\w.:-]{1,40})""")
_META = re.compile(rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")

_LEVEL_ONE = _level_one()
_COMMONEST = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
    "用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实"
    "日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政"
    "美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比"
    "員這個們來為國說時會對著過發後裡現當沒動還進樣實軍者無與長機將兩間問點業關應戰頭體見產車電報學經種"
    "，。、；：？！“”（）《》「」"
)
_RANGES = (  # last character of a range, and what a character in it is worth
    ("\x9f", -1.0),  # C1 controls
    ("\u00bf", 0.1),  # Latin-1 signs: ¹ ° « are rare in text and frequent in mojibake
    ("\u024f", 0.4),  # Latin letters with accents
    ("\u1fff", 0.3),  # Greek to Georgian and Thai
    ("\u2bff", 0.2),  # punctuation, arrows, box drawings
    ("\u2fff", 0.0),
    ("\u303f", 0.3),
    ("\u30ff", 0.6),  # kana
    ("\u33ff", 0.1),
    ("\u4dbf", -0.5),  # rare characters
    ("\u9fa5", 0.2),  # the other CJK characters
    ("\uabff", -0.5),
    ("\ud7a3", 0.6),  # hangul
    ("\uf8ff", -1.0),  # surrogates and private use
    ("\uffef", 0.1),  # full-width forms
    ("\uffff", -2.0),  # U+FFFD: bytes that this encoding does not have
    ("\U0001faff", 0.3),  # emoji
    ("\U0002ffff", 0.0),
)
