"""Puts the articles into feeds, RSS and Atom in turn, and the feeds of a run into one file.

A feed has two editions: the second of one feed in ten has a new article, and the oldest is gone.
"""

import html
import mmap
from collections.abc import Iterator
from email.utils import format_datetime
from itertools import accumulate, pairwise
from pathlib import Path

from bench.speed.articles import ARTICLES, Article, article

NEWS_EVERY = 10  # one feed in so many has a new article in the second edition


def document(seed: int, feed: int, edition: int) -> bytes:
    """A feed's document, some 160 KB, the newest article first."""
    shift = edition - 1
    newest_first = [article(seed, feed, n) for n in reversed(range(shift, ARTICLES + shift))]
    return (_atom if feed % 2 else _rss)(feed, newest_first).encode()


def has_news(feed: int) -> bool:
    """Whether the second edition of this feed differs from the first."""
    return feed % NEWS_EVERY == 0


def _body(entry: Article) -> str:
    """The article as the HTML that publishers put into feeds: attributes and all."""
    image = f'<p style="text-align:center"><img src="/img/{entry.guid}.jpg" width="600" alt=""></p>'
    text = "".join(f'<p style="text-indent:2em">{paragraph}</p>' for paragraph in entry.paragraphs)
    return f'{image}{text}<p>责任编辑：<a href="/about?from=feed">编辑部</a></p>'


def _rss(feed: int, articles: list[Article]) -> str:
    site = f"https://news{feed}.example.cn"
    items = "".join(
        f"<item><title>{html.escape(entry.title)}</title><link>{site}/{entry.guid}.html</link>"
        f'<guid isPermaLink="false">{entry.guid}</guid><pubDate>{format_datetime(entry.published)}</pubDate>'
        f"<category>新闻</category><description><![CDATA[{_body(entry)}]]></description></item>\n"
        for entry in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>新闻 {feed}</title><link>{site}/</link><description>每日新闻</description>"
        f"<language>zh-cn</language>\n{items}</channel></rss>\n"
    )


def _atom(feed: int, articles: list[Article]) -> str:
    name, site = f"tag:news{feed}.example.cn,2026", f"https://news{feed}.example.cn"
    entries = "".join(
        f"<entry><title>{html.escape(entry.title)}</title><id>{name}:{entry.guid}</id>"
        f'<link rel="alternate" href="{site}/{entry.guid}.html"/>'
        f"<published>{entry.published.isoformat()}</published><updated>{entry.published.isoformat()}</updated>"
        f'<content type="html">{html.escape(_body(entry), quote=False)}</content></entry>\n'
        for entry in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="zh-CN">'
        f"<title>新闻 {feed}</title><id>{name}:feed</id><author><name>编辑部</name></author>"
        f"<updated>{articles[0].published.isoformat()}</updated>\n{entries}</feed>\n"
    )


class Shelf:
    """The documents of all feeds in one file, mapped: 5,000 feeds are 900 MB."""

    def __init__(self, path: Path, feeds: int) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        sizes = map(int, _index(path).read_text().split())
        self._ranges = list(pairwise(accumulate(sizes, initial=0)))
        self._second = {feed: feeds + at for at, feed in enumerate(filter(has_news, range(feeds)))}

    def get(self, feed: int, edition: int) -> memoryview:
        """The bytes of a feed's document in that edition."""
        at = self._second.get(feed, feed) if edition == 2 else feed
        start, end = self._ranges[at]
        return memoryview(self._map)[start:end]


def write_shelf(path: Path, feeds: int, seed: int) -> None:
    """Make the file that a Shelf reads."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial, sizes = path.with_suffix(".partial"), []
    with partial.open("wb") as file:
        for made in _documents(feeds, seed):
            file.write(made)
            sizes.append(len(made))
    _index(path).write_text("\n".join(map(str, sizes)))
    partial.replace(path)


def _index(path: Path) -> Path:
    return path.with_suffix(".index")


def _documents(feeds: int, seed: int) -> Iterator[bytes]:
    yield from (document(seed, feed, 1) for feed in range(feeds))
    yield from (document(seed, feed, 2) for feed in range(feeds) if has_news(feed))
