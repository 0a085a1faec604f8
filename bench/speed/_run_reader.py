"""Drives lemon24/reader as its docs tell; runs in its own environment. add URLS | update | search."""

import sys
from pathlib import Path

from reader import make_reader


def main(database: str, verb: str, urls: str | None = None) -> None:
    # The search index is a row of its own: it is made by `search`, and an update does not begin it.
    with make_reader(database, search_enabled=True if verb == "search" else None) as reader:
        if verb == "add":
            for url in Path(str(urls)).read_text().split():
                reader.add_feed(url)
        elif verb == "update":
            reader.update_feeds(workers=10, scheduled=False)
        else:
            reader.update_search()


if __name__ == "__main__":
    main(*sys.argv[1:])
