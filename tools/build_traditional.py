"""Writes watcher/text/traditional.txt: each traditional character with its simplified one.

Asks OpenCC (Apache-2.0, see NOTICE) for every Han character on its own; only pairs that differ are
kept, about 4,000. The program then needs neither the 7 MB package nor its start-up time, and a
table of single characters keeps offsets 1:1, which phrase conversion does not.

    pip install opencc==1.4.2 && python tools/build_traditional.py
"""

from itertools import chain
from pathlib import Path

import opencc

TARGET = Path(__file__).parents[1] / "watcher" / "text" / "traditional.txt"
HAN = chain(range(0x4E00, 0xA000), range(0x3400, 0x4DC0), range(0xF900, 0xFB00))
# Surnames and words that the one-character table would turn into another word: 乾隆, 瞭望.
KEEP = frozenset("乾著瞭藉")


def main() -> None:
    """Converts one character at a time and writes two lines: traditional, simplified."""
    convert = opencc.OpenCC("t2s").convert
    pairs = [(old, new) for old in map(chr, HAN) if (new := convert(old)) != old and len(new) == 1]
    pairs = [(old, new) for old, new in pairs if old not in KEEP]
    TARGET.write_text("".join(o for o, _ in pairs) + "\n" + "".join(n for _, n in pairs) + "\n", "utf-8")
    print(f"{len(pairs)} pairs")


if __name__ == "__main__":
    main()
