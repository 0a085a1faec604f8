"""The sentence shown under a title: the first of the text that tells something.

Chooses among the text's own words and cuts; writes none.
"""

import re

from watcher.digest.clean import one_line

LONGEST = 120  # characters, … included
_SHORTEST = 12  # letters and characters; less is a heading or a cry: "来了！"
_LINES = 80  # how far to look

# Behind 。！？ and the quotes that close with it; behind a full stop after a lower-case word.
_BORDERS = re.compile(
    r"(?<=[。！？!?])(?![。！？!?”’」』）)】》])|(?<=[。！？!?][”’」』）)】])|(?<=[a-z]{2}\.)\s+"
)
_ENDS = re.compile(r"[。！？!?….][”’」』）)】\"]*$")
# "新华社重庆2月22日电（记者 张三）", "央视网消息（新闻联播）：", "本报讯 记者李四报道：",
# "某报记者李四 武汉报道"; but not 腾讯, nor the 日电 of 今日电力: what follows decides.
_DATELINE = re.compile(
    r"^[【（(]?(?:"
    r"[^\s，。；：]{1,24}?(?:日电|[日报网社台](?:讯|消息)|综合报道)(?=[\s（(：:，】]|记者)[】）)]?\s*"
    r"(?:[（(][^）)]{1,40}[）)])?\s*(?:[^\s，。：:]{0,4}记者[^，。：:]{1,16}报道)?"
    r"|[^\s，。；：]{0,16}记者[^，。：:]{2,30}?报道(?=[\s：:，])"
    r")[，：:\s]*"
)
# Lines about the article and not of it, even where they are sentences: "版权声明：……。"
_ABOUT = re.compile(
    r"^\W*\w{0,4}(?:来源|作者|编辑|责编|记者|标题|版权|免责|声明|转载|发布时间)\w{0,4}\s*[：:|｜/]"
    r"|关注\S{0,12}公众号|点击\S{0,8}(?:关注|蓝字|原文)"
)
_STRONG_BREAKS = "，；：,;:"
_WEAK_BREAKS = "、 "
_WORDS = re.compile(r"\w+")


def lead(text: str, title: str) -> str | None:
    """The first real sentence of `text` (paragraphs, one a line) that does not repeat the title.

    At most 120 characters, cut at a clause's border with an …. A text of headings and lists only
    gives its first longer line; one without any gives None.
    """
    known = _bare(title)
    lines = [line for raw in text.split("\n", _LINES)[:_LINES] if (line := _prose(raw))]
    sentences = [part.strip() for line in lines for part in _BORDERS.split(line) if _tells(part, known)]
    chosen = next((sentence for sentence in sentences if _ENDS.search(sentence)), next(iter(sentences), None))
    return chosen and clip_clause(chosen, LONGEST)


def clip_clause(text: str, limit: int) -> str:
    """The text, or the clauses of it that fit into `limit` characters with an … behind them."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    for breaks in (_STRONG_BREAKS, _WEAK_BREAKS):
        cut = max(head.rfind(mark) for mark in breaks)
        if cut >= limit // 2:
            return head[:cut].rstrip() + "…"
    if re.match(r"[A-Za-z0-9.%]", text[limit - 1]):  # "18.5%" is not to end as "18."
        head = re.sub(r"(?<=.)[A-Za-z0-9.%]{1,20}$", "", head)
    return head + "…"


def _prose(raw: str) -> str | None:
    """A line without its dateline, or None if it is no prose of the article's."""
    line = one_line(raw[:4_000], 4_000)
    return None if not line or _ABOUT.search(line[:60]) else _DATELINE.sub("", line)


def _tells(sentence: str, known: str) -> bool:
    bare = _bare(sentence)
    return len(bare) >= _SHORTEST and bare not in known


def _bare(text: str) -> str:
    """Letters and digits only: a title often comes again with other punctuation."""
    return "".join(_WORDS.findall(text)).casefold()
