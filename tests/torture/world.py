"""A small world to watch: feeds over HTTP, a folder, a mailbox, and an oracle that knows what must be in.

The servers live in the process that tests; what is tortured are its children (`life`). Nothing is
faked: sockets, files and SMTP are real, only the clock is given.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.io.smtp_servers import Post, served

START = datetime(2026, 11, 20, 1, tzinfo=UTC)
ROUND = timedelta(hours=27)  # more than any pause a healthy source gets, so that all are due again
READER = "analyst@example.org"
PLACES = ["重庆市", "成都市", "武汉市", "上海市", "南京市", "杭州市", "广州市", "青岛市", "合肥市", "长沙市"]
WORDS = [
    "平台",
    "设备",
    "上云",
    "工厂",
    "车间",
    "产线",
    "数据",
    "网络",
    "节点",
    "标识",
    "园区",
    "企业",
    "集群",
    "芯片",
    "模具",
    "轴承",
    "钢铁",
    "化工",
    "纺织",
    "电子",
    "能耗",
    "排产",
    "质检",
    "仓储",
    "物流",
    "订单",
    "零件",
    "机床",
    "焊接",
    "喷涂",
    "装配",
    "巡检",
    "预测",
    "维护",
    "算力",
    "模型",
    "协同",
    "供应",
    "采购",
    "出口",
    "专网",
    "基站",
    "边缘",
    "传感",
    "机器人",
    "视觉",
    "孪生",
    "仿真",
    "安全",
    "标准",
    "试点",
    "示范",
]


@dataclass(frozen=True)
class Article:
    """One article as a publisher has it; `version` grows when it is edited."""

    number: int
    published: datetime
    version: int = 1

    @property
    def title(self) -> str:
        return f"{PLACES[self.number % 10]}工业互联网动态第{self.number:06}期"

    @property
    def text(self) -> str:
        # Words drawn by its number: two articles must not tell the same story.
        chance = random.Random(self.number)
        words = "，".join("".join(chance.choices(WORDS, k=4)) + str(chance.randrange(999)) for _ in range(14))
        return f"{PLACES[self.number % 10]}标识解析二级节点第{self.version}版记录：{words}。"


@dataclass
class World:
    """What the publishers have, and what the mailbox got."""

    feeds: dict[str, list[Article]] = field(default_factory=dict)
    post: Post = field(default_factory=Post)
    http_port: int = 0
    smtp_port: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    known: dict[int, Article] = field(default_factory=dict)
    fails: Callable[[], bool] = lambda: False  # whether the next request does

    def count(self) -> int:
        """How many requests there were."""
        return sum(self.requests.values())

    def publishes(self, feed: str, number: int, when: datetime, version: int = 1) -> None:
        """A feed brings an article, new or edited; it lists its newest twenty."""
        article = Article(number, when, version)
        listed = [old for old in self.feeds.get(feed, []) if old.number != number]
        self.feeds[feed] = [article, *listed][:20]
        self.known[number] = article

    def files(self, folder: Path, number: int, when: datetime) -> None:
        """Somebody puts an article into the folder."""
        article = Article(number, when)
        folder.mkdir(parents=True, exist_ok=True)
        head = f"---\ntitle: {article.title}\ndate: {when.isoformat()}\n---\n\n"
        (folder / f"{number}.md").write_text(head + article.text + "\n", "utf-8")
        self.known[number] = article

    def rss(self, feed: str) -> bytes:
        items = "".join(
            f"<item><title>{a.title}</title><guid>{a.number}</guid>"
            f"<link>http://127.0.0.1:{self.http_port}/a/{a.number}</link>"
            f"<pubDate>{a.published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
            f"<description>{a.text}</description></item>"
            for a in self.feeds.get(feed, [])
        )
        return f'<rss version="2.0"><channel><title>{feed}</title>{items}</channel></rss>'.encode()

    def mails(self) -> list[tuple[str, str]]:
        """(Message-ID, text) of everything the mailbox took."""
        found = []
        for envelope in self.post.taken:
            message = message_from_bytes(envelope.content, policy=default)
            body = message.get_body(("plain",))
            assert body is not None
            found.append((str(message["Message-ID"]), body.get_content()))
        return found


@contextmanager
def opened_world() -> Iterator[World]:
    """The servers, up."""
    world = World()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            world.requests[self.path] += 1
            if world.fails():
                self._fail(sum(world.requests.values()) % 4)
                return
            body = world.rss(self.path.strip("/"))
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _fail(self, how: int) -> None:
            """An error, a reset, half a feed, a page that is no feed."""
            if how == 0:
                self.send_error(503)
            elif how == 1:
                self.connection.close()
            else:
                self.send_response(200)
                self.end_headers()
                half = world.rss(self.path.strip("/"))[:30]
                self.wfile.write(half if how == 2 else b"<html><title>502</title><p>Sorry</html>")

        def handle(self) -> None:
            with suppress(ConnectionError, ValueError):  # the asker was killed, or we were told to fail
                super().handle()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    world.http_port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        with served(world.post) as world.smtp_port:
            yield world
    finally:
        server.shutdown()
        server.server_close()


def furnish(home: Path, world: World, feeds: int = 3) -> None:
    """Write the config of a home that watches this world."""
    config = home / "config"
    config.mkdir(parents=True, exist_ok=True)
    (home / "posts").mkdir(exist_ok=True)
    (config / "watcher.toml").write_text(
        f'[watcher]\ntimezone = "UTC"\n'
        f'[http]\nallow_private = ["127.0.0.1:{world.http_port}"]\ntimeout = 5\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {world.smtp_port}\ntls = "none"\nfrom = "w@example.org"\n'
        f'[service]\nbackup_keep = 2\nmetrics_file = "../var/watcher.prom"\n'
    )
    (config / "sources.toml").write_text(
        "".join(
            f'[[source]]\nid = "feed{n}"\nkind = "feed"\nurl = "http://127.0.0.1:{world.http_port}/feed{n}"\n'
            for n in range(feeds)
        )
        + '[[source]]\nid = "posts"\nkind = "folder"\npath = "../posts"\nglob = ["*.md"]\n'
    )
    (config / "digests.toml").write_text(
        '[[digest]]\nid = "all"\ntitle = "全部"\nschedule = "0 8 * * *"\nmax_items = 1000\n'
        '[[digest.deliver]]\nchannel = "file"\npath = "../out"\nformats = ["txt"]\n'
        f'[[digest.deliver]]\nchannel = "email"\nto = ["{READER}"]\n'
    )
