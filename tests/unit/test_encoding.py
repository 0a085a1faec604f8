"""Encodings: what is declared, what is not, what is declared wrongly."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.text.encoding import CANDIDATES, decode, plausibility

SIMPLIFIED = "重庆市已建成十七个二级节点，企业上云超过三十九万家。"
TRADITIONAL = "臺灣的電子業者說，這個標準對產業鏈的發展有很大的幫助。"
JAPANESE = "これは日本語の文章です。工場のデータをつなぐ。"
KOREAN = "한국어로 쓴 문장입니다. 공장 데이터를 연결합니다."
FRENCH = "L'été dernier, à l'usine, où l'on a déjà créé des données."


def page(text: str, declared: str | None = None) -> str:
    return f'<?xml version="1.0" encoding="{declared}"?><p>{text}</p>' if declared else f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("text", "encoding", "declared", "http", "read_as", "how"),
    [
        (SIMPLIFIED, "utf-8", None, None, "utf-8", "found UTF-8"),
        (SIMPLIFIED, "utf-8", "utf-8", None, "utf-8", "declared"),
        (SIMPLIFIED, "utf-8", "UTF8", None, "utf-8", "declared"),
        (SIMPLIFIED, "utf-8", "gb2312", None, "utf-8", "found UTF-8"),
        (SIMPLIFIED, "utf-8", None, "iso-8859-1", "utf-8", "found UTF-8"),
        (SIMPLIFIED, "gbk", "gb2312", None, "gb18030", "declared"),
        (SIMPLIFIED + "镕㙍", "gb18030", "gb2312", None, "gb18030", "declared"),
        (SIMPLIFIED, "gbk", "x-gbk", None, "gb18030", "declared"),
        (SIMPLIFIED, "gbk", None, "GB2312", "gb18030", "declared"),
        (SIMPLIFIED, "gbk", None, '"gbk"', "gb18030", "declared"),
        (SIMPLIFIED, "gbk", None, None, "gb18030", "plausible"),
        (SIMPLIFIED, "gbk", "utf-8", None, "gb18030", "plausible"),
        (SIMPLIFIED, "gbk", "ISO-8859-1", "utf-8", "gb18030", "plausible"),
        (SIMPLIFIED, "gbk", "big5", None, "gb18030", "plausible"),
        (SIMPLIFIED, "gbk", "zip", None, "gb18030", "plausible"),
        (SIMPLIFIED, "gbk", "iso-8859-99", None, "gb18030", "plausible"),
        (SIMPLIFIED, "gbk", "no-such-encoding", None, "gb18030", "plausible"),
        (SIMPLIFIED, "hz", "hz-gb-2312", None, "hz", "declared"),
        (TRADITIONAL, "big5", "big5", None, "big5hkscs", "declared"),
        (TRADITIONAL, "big5", "Big5-HKSCS", None, "big5hkscs", "declared"),
        (TRADITIONAL, "big5", None, None, "big5hkscs", "plausible"),
        (TRADITIONAL, "big5", "gb2312", None, "big5hkscs", "plausible"),
        (TRADITIONAL, "gb18030", "gbk", None, "gb18030", "declared"),
        (JAPANESE, "shift_jis", "Shift_JIS", None, "cp932", "declared"),
        (JAPANESE, "euc-jp", "euc-jp", None, "euc_jp", "declared"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp", None, "iso2022_jp", "declared"),
        (KOREAN, "euc-kr", "euc-kr", None, "cp949", "declared"),
        (FRENCH, "latin-1", "iso-8859-1", None, "cp1252", "declared"),
        (FRENCH, "latin-1", None, None, "cp1252", "plausible"),
        (FRENCH, "latin-1", "utf-8", None, "cp1252", "plausible"),
        ("tout “cité” – 5 €", "cp1252", "iso-8859-1", None, "cp1252", "declared"),
        ("Промышленный интернет", "koi8-r", "koi8-r", None, "koi8-r", "declared"),
        ("Промышленный интернет", "cp1251", "windows-1251", None, "cp1251", "declared"),
        ("联通", "gbk", "gb2312", None, "gb18030", "declared"),  # its bytes are valid UTF-8
        ("plain", "ascii", "gb2312", None, "utf-8", "plain ASCII"),
        (SIMPLIFIED, "utf-16-le", "utf-16", None, "utf-16-le", "zero bytes"),
        (SIMPLIFIED, "utf-16-be", "utf-16", None, "utf-16-be", "zero bytes"),
        (SIMPLIFIED, "utf-32-le", "utf-32", None, "utf-32-le", "zero bytes"),
        (SIMPLIFIED, "utf-32-be", "utf-32", None, "utf-32-be", "zero bytes"),
        ("plain", "cp037", "cp037", None, "cp037", "declared"),
    ],
)
def test_reads(
    text: str, encoding: str, declared: str | None, http: str | None, read_as: str, how: str
) -> None:
    document = page(text, declared)
    decoded = decode(document.encode(encoding), http)
    assert (decoded.text, decoded.encoding, decoded.how) == (document, read_as, how)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides_and_is_gone(mark: bytes, encoding: str) -> None:
    decoded = decode(mark + page(SIMPLIFIED, "gb2312").encode(encoding), "gbk")
    assert (decoded.text, decoded.encoding) == (page(SIMPLIFIED, "gb2312"), encoding)
    assert decoded.how == "byte order mark"


def test_a_page_declares_in_its_meta() -> None:
    body = f'<html><head><meta http-equiv="x" content="text/html; charset=gb2312">{SIMPLIFIED}'.encode("gbk")
    assert decode(body).how == "declared"
    assert SIMPLIFIED in decode(body).text


@pytest.mark.parametrize(("encoding", "read_as"), [("utf-8", "utf-8"), ("gbk", "gb18030")])
def test_one_cut_character_costs_only_itself(encoding: str, read_as: str) -> None:
    decoded = decode(page(SIMPLIFIED * 3).encode(encoding)[:-5])
    assert decoded.encoding == read_as
    assert decoded.text.startswith(f"<p>{SIMPLIFIED * 3}"[:-2])


@pytest.mark.parametrize("text", [SIMPLIFIED, FRENCH])
def test_one_foreign_byte_does_not_make_it_gbk(text: str) -> None:
    """ø in Latin-1 among UTF-8 made a Danish feed Chinese: 酶 is the bytes of an ø in UTF-8."""
    body = (text * 5).encode() + b"\xf8" + (text * 5).encode()
    assert decode(page("", "ISO-8859-1").encode() + body).text.endswith(f"{text}�{text * 5}")


def test_the_declared_is_believed_over_chance() -> None:
    """A Japanese page has the same kana in EUC-JP and GB 2312: only the declaration tells."""
    body = page("データ", "euc-jp").encode("euc-jp")
    assert decode(body).text == page("データ", "euc-jp")


@pytest.mark.parametrize(("text", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5hkscs")])
def test_the_right_reading_is_the_plausible_one(text: str, encoding: str) -> None:
    body = text.encode(encoding)
    scores = {name: plausibility(body.decode(name, "replace")) for name in CANDIDATES}
    right = scores.pop(encoding)
    assert right > max(scores.values()) + 0.25
    assert plausibility("plain ASCII") == 0


@settings(deadline=None)
@given(st.binary(), st.none() | st.text(max_size=20))
def test_any_bytes_become_text(body: bytes, charset: str | None) -> None:
    text = decode(body, charset).text
    assert text.encode("utf-8").decode("utf-8") == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff\0")))
def test_utf8_is_never_read_as_anything_else(text: str) -> None:
    assert decode(text.encode()).text == text
