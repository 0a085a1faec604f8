"""Says which one region a whole text is about: what a figure belongs to when nothing nearer says it.

Mostly what the tags call primary. But a text that tells of the nation and names the place in neither headline
nor lead is the nation's, however often that place comes; without a primary one it is of the only place named.
"""

from collections.abc import Sequence

from watcher.model.item import RegionTag, Tags
from watcher.tag.figures.nation import OPENING, body_of_nation
from watcher.tag.figures.subjects import Place, is_told_of
from watcher.tag.gazetteer import COUNTRY, Atlas
from watcher.tag.places import Hit


def main_region(text: str, tags: Tags, places: Sequence[Hit], atlas: Atlas) -> str | None:
    """The code of the region; None where the text is of no one region."""
    primary = [tag for tag in tags.regions if tag.role == "primary"]
    if any(_stands_in(tag, "title") for tag in primary):
        return primary[0].region_code
    nation = [hit.end for hit in places if _is_nation_told_of(text, hit)]
    in_title = bool(nation) and nation[0] <= text.find("\n")
    if nation and (in_title or not primary or not _stands_in(primary[0], "lead")):
        return COUNTRY
    if primary:
        return primary[0].region_code
    named = [tag.region_code for tag in tags.regions if tag.role == "mentioned"]
    return _only([code for code in named if code != COUNTRY], atlas)


def of_whole(text: str, main: str | None, *, roundup: bool) -> str | None:
    """What a figure falls back on, if that is `main`.

    A roundup of several stories is of none of their places, 国际联播快讯 of nothing of ours. What a nation's
    body tells without a word of where is the nation's.
    """
    if roundup and "国际" in text[: text.find("\n")]:
        return None
    if main is None and body_of_nation(text, 0, OPENING):
        return COUNTRY
    return None if roundup and main != COUNTRY else main


def _stands_in(tag: RegionTag, where: str) -> bool:
    return any(words.where == where for words in tag.evidence)


def _is_nation_told_of(text: str, hit: Hit) -> bool:
    """全国 and 我国 speak of it; 国内联播快讯 does not."""
    told = COUNTRY in hit.codes and not text.startswith("国内", hit.start)
    return told and is_told_of(text, Place(hit.start, hit.end, COUNTRY))


def _only(codes: Sequence[str], atlas: Atlas) -> str | None:
    """The innermost of places that lie in one another: 北京, 房山区."""
    for code in codes:
        if set(codes) <= {code, *atlas.parents(code)}:
            return code
    return None
