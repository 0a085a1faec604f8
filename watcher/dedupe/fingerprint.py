"""The content hash: equal for two copies of one article, whatever their headline and punctuation.

Versioned, because stored hashes outlive this code: a new recipe gets a new number, and `1:` hashes
are never compared with `2:` ones. Decides equality only; near copies are the stories' business.
"""

import hashlib
import re
from datetime import datetime

from watcher.text.fold import fold

RECIPE = "1"
LONG_ENOUGH = 200  # characters: a longer text is its own identity, whatever headline it runs under
TOO_LITTLE = 12  # characters: "早报" or "点击查看原文" is shared by articles that share nothing else

# "某报记者 武汉报道", "央视网消息（新闻联播）：", "新华社北京11月3日电":
# who brought it, not what it says.
DATELINE = re.compile(
    r"\A[^\n。，]{0,40}?(?:(?:记者|通讯员|实习生)[^\n。，]{0,24}?(?:报道|讯|电)|消息\s*(?:（[^）\n]{1,12}）)?\s*[:：]"
    r"|\d{1,2}日(?:电|讯)|[本综]报讯)"
)
_NOT_CONTENT = re.compile(r"[\W_][\W_]*")  # found faster than [\W_]+: `re` leaps to a class, not to a repeat


def content_hash(title: str, text: str, published_at: datetime | None, url: str | None) -> str:
    """`recipe:digest` of what the article says.

    The text alone when it is long; title and day join a short one, since flash news share their
    words; the address joins when there is hardly any text, since templates share everything.
    """
    headline, dateline = _letters(title), DATELINE.match(text)
    # Folded as a whole, since so it is looked through for tags as well: letters fold one by one.
    body = _letters(f"{title}\n{text}")[len(headline) + len(_letters(dateline[0] if dateline else "")) :]
    parts = [body]
    if len(body) < LONG_ENOUGH:
        parts += [headline, published_at.date().isoformat() if published_at else ""]
        if len(body) + len(headline) < TOO_LITTLE:
            parts.append(url or "")
    digest = hashlib.blake2b("\n".join(parts).encode(), digest_size=16).hexdigest()
    return f"{RECIPE}:{digest}"


def _letters(text: str) -> str:
    return _NOT_CONTENT.sub("", fold(text).text)
