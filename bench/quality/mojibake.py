"""Chinese feeds whose bytes are not what they say: prints how many are read right.

    python bench/quality/mojibake.py [CORPUS]

Two sets. The GB2312 and Big5 feeds of the corpus as they are, and again with their declaration taken
out or replaced by a wrong one; those of Japan and Korea with fewer wrong ones. And feeds of our own:
twelve sentences in GBK, GB18030 and Big5, labelled UTF-8, ISO-8859-1, each other, or nothing, in the
document or by HTTP. Fails (exit 1) below all of them.
"""

import re
import sys
from collections import Counter
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

from watcher.model import Parsed, RawDocument
from watcher.parse import parse

NOW = datetime(2026, 11, 20, tzinfo=UTC)
LABELS = (None, "utf-8", "ISO-8859-1", "gb2312", "big5")
SETS = {  # of the corpus: what the bytes are, and what they are made to say
    "GB2312": ("gb18030", LABELS),
    "Big5": ("big5hkscs", LABELS),
    "SHIFT_JIS": ("cp932", (None, "utf-8")),
    "EUC-JP": ("euc_jp", (None, "utf-8")),
    "EUC-KR": ("cp949", (None, "utf-8")),
}
SIMPLIFIED = (
    "重庆两江新区建成十七个二级节点",
    "川渝两地企业上云超过三十九万家",
    "工业互联网平台赋能制造业数字化转型",
    "湖北：武汉新增五家灯塔工厂",
    "5G+工业互联网 AR 巡检落地",
    "工信部公布试点示范名单",
)
TRADITIONAL = (
    "臺灣電子業者談產業鏈",
    "香港創新科技署公佈新計劃",
    "智慧製造：中小企業轉型之路",
    "澳門與珠海合作發展工業網際網路",
    "半導體廠商擴大投資",
    "這個標準對我們有什麼幫助？",
)


def main() -> int:
    corpus = (
        Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2].parent / "shared" / "corpus"
    )
    failures = own()
    if corpus.is_dir():
        failures += of_corpus(corpus / "chardet" / "tests")
    else:
        print(f"no corpus at {corpus}")
    return int(failures > 0)


def own() -> int:
    """Each sentence as a feed with one short item: the least text there can be to judge by."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    texts = [(text, encoding) for text in SIMPLIFIED for encoding in ("gbk", "gb18030")]
    texts += [(text, encoding) for text in TRADITIONAL for encoding in ("big5", "gb18030")]
    for (text, encoding), label, by_http in product(texts, LABELS, (False, True)):
        said = f'<?xml version="1.0" encoding="{label}"?>' if label and not by_http else ""
        feed = f"{said}<rss version='2.0'><channel><item><title>{text}</title></item></channel></rss>"
        found = titles(feed.encode(encoding), label if by_http else None)
        key = f"own feeds in {encoding} that say {label or 'nothing'}"
        total[key] += 1
        right[key] += found == [text]
        if found != [text]:
            print(f"  wrong: {key}: {text!r} read as {found!r}")
    return report(right, total)


def of_corpus(folder: Path) -> int:
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for name, (encoding, labels) in SETS.items():
        for path in sorted((folder / name).glob("*.xml")):
            body = path.read_bytes()
            expected = titles(body.decode(encoding, "replace").encode("utf-8"), "utf-8")
            for label in ("as it is", *labels):
                given = body if label == "as it is" else relabelled(body, label)
                key = f"{name} feeds of the corpus, {label if label == 'as it is' else f'saying {label}'}"
                total[key] += 1
                same = bool(expected) and titles(given, None) == expected
                right[key] += same
                if not same:
                    print(f"  wrong: {key}: {path.name}")
    return report(right, total)


def relabelled(body: bytes, label: str | None) -> bytes:
    said = f'<?xml version="1.0" encoding="{label}"?>'.encode() if label else b""
    return said + re.sub(rb"^\s*<\?xml[^>]*\?>", b"", body)


def titles(body: bytes, charset: str | None) -> list[str | None]:
    content_type = f"text/xml; charset={charset}" if charset else None
    parsed = parse(RawDocument("bench", "feed.xml", body, NOW, content_type), feed=True)
    return [entry.title for entry in parsed.entries] if isinstance(parsed, Parsed) else []


def report(right: Counter[str], total: Counter[str]) -> int:
    for key, count in total.items():
        print(f"  {right[key]:3} of {count:3}  {key}")
    print(f"  {sum(right.values()):3} of {sum(total.values()):3}  all\n")
    return sum(total.values()) - sum(right.values())


if __name__ == "__main__":
    sys.exit(main())
