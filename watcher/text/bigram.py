"""Words for a full-text index that knows no Chinese: pairs of characters, and ASCII words whole.

`工业互联网` is indexed as `工业 业互 互联 联网 网` and asked for as the phrase
`"工业 业互 互联 联网"`, so that every part of it is found and nothing else. Decides only how text is
cut; the index is the store's.
"""

import re
from operator import add

from watcher.text.fold import fold

RECIPE = 1  # changes whenever the cut does: the index must then be built again

_RUN = re.compile(r"[0-9a-z]+|[^\W0-9a-z_]+")


def runs(text: str) -> list[str]:
    """The stretches of a folded text that are all Latin letters and digits, or none of them."""
    return _RUN.findall(fold(text).text)


def index_words(text: str) -> str:
    """The words to index a text by, blank-separated.

    The last character of each run stands alone as well: a query of one character asks for words
    that begin with it, and must find it at a run's end too.
    """
    words: list[str] = []
    for run in runs(text):
        if run.isascii():
            words.append(run)
        else:
            words += map(add, run, run[1:])  # a third of the time that slices take
            words.append(run[-1])
    return " ".join(words)


def query_phrase(text: str) -> str | None:
    """The FTS5 phrase that finds `text` as a part of any indexed text; None when it has no words."""
    words = index_words(text).split(" ")
    if words == [""]:
        return None
    last = words[-1]
    if last.isascii():
        return f'"{" ".join(words)}"'
    if len(words) == 1:
        return f'"{last}" *'  # one character: any pair that begins with it
    if len(words[-2]) == 2 and words[-2].endswith(last):
        return f'"{" ".join(words[:-1])}"'  # 重庆 庆: the text may go on after 庆
    return f'"{" ".join(words)}" *'
