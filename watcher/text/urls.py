"""Links: made absolute, reduced to an identity, and told by the site they lead to.

Decides on strings only, never fetches. `canonical` is for comparing, not for following: it drops
what names the reader and not the article. What it does not understand it keeps, since a wrong merge
hides an article while a missed one only shows it twice.
"""

import re
from urllib.parse import SplitResult, unquote, urljoin, urlsplit, urlunsplit

MAX_CHARS = 2048


def absolute(base: str | None, href: str | None) -> str | None:
    """`href` as an absolute http(s) URL, seen from `base`, or None where it is no such thing.

    `javascript:`, `data:` and `mailto:` are none, nor is what holds control characters or is longer
    than 2,048 characters. `//host/path` without a base gets https. Never raises.
    """
    if href is None:
        return None
    link = _BREAKS.sub("", href).strip()
    if not link:
        return None
    try:
        joined = link if _PLAIN.fullmatch(link) else urljoin(base or "https:", link)
        whole = _PLAIN.fullmatch(joined) or _leads_somewhere(urlsplit(joined))
    except ValueError:  # `http://[::1`
        return None
    url = joined.replace(" ", "%20")
    return url if whole and len(url) <= MAX_CHARS and not _CONTROL.search(url) else None


def canonical(url: str) -> str:
    """The identity of an article's URL: equal for what differs only by host alias or tracking.

    Lower-case host without `www.`, `m.` or `wap.`, http and https as one, no default port, no
    fragment (but `#!` and `#/` routes), no tracking parameters, no slash and no index page
    at the end. A string that is no http(s) URL comes back as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host = _host(parts)
    except ValueError:
        return url
    if parts.scheme not in _PORTS or host is None:
        return url
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_tracking(pair, host))
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return urlunsplit(("https", host, _END.sub("", parts.path) or "/", query, fragment))


def outlet_host(url: str | None) -> str | None:
    """The site a URL leads to, without `www.` and the like: `tele.ofweek.com`; None for no URL."""
    try:
        parts = urlsplit((url or "").strip())
        return _site(parts) if parts.scheme in _PORTS else None
    except ValueError:
        return None


def _leads_somewhere(parts: SplitResult) -> bool:
    parts.port  # noqa: B018  raises ValueError on `http://host:99999/`
    return parts.scheme in _PORTS and bool(parts.hostname) and not _NO_HOST.search(parts.netloc)


def _site(parts: SplitResult) -> str | None:
    return _ALIAS.sub("", (parts.hostname or "").rstrip(".")) or None


def _host(parts: SplitResult) -> str | None:
    """Host and port in one, the port only where it is not the scheme's own."""
    name = _site(parts)
    if name is None:
        return None
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in {None, _PORTS.get(parts.scheme)} else f"{name}:{parts.port}"


def _is_tracking(pair: str, host: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name in _TRACKING or name in _TRACKING_OF.get(host, ()) or name.startswith(_TRACKING_PREFIXES)


_PORTS = {"http": 80, "https": 443}
_BREAKS = re.compile(r"[\r\n\t]")  # feeds wrap long links; browsers drop these as well
# Most links: whole, and so plain that joining would leave them as they are.
_PLAIN = re.compile(
    r"https?://(?:[a-z0-9-]+\.)+[a-z]+(?:/[\w.~/%-]*)?(?:\?[\w.~/%=&-]+)?(?:#[\w.~/%=&!-]+)?", re.ASCII
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_NO_HOST = re.compile(r"[\s<>\"'\\^`{|}]")
_ALIAS = re.compile(r"^(?:(?:www\d?|m|wap|3g|mobile)\.(?=[^.]+\.))+")
_END = re.compile(r"(?:/(?:(?:index|default)\.(?:s?html?|php|aspx?|jsp))?)+$", re.IGNORECASE)

# parameters that say how a reader came, never which article it is
_TRACKING_PREFIXES = ("utm_", "hmsr", "hmpl", "hmcu", "hmkw", "hmci", "mtm_", "pk_", "share_", "scm_")
_NAMES = """
    spm spm_id_from scm fbclid gclid dclid msclkid yclid igshid mc_cid mc_eid _ga _hsenc _hsmi
    from from_source from_spmid from_voice fromuid isappinstalled nsukey sharer_shareid sharer_sharetime
    share sharefrom share_token sharetoken timestamp_share weibo_id wfr bd_source bd_vid
    ref ref_src ref_url referrer referer source_from refer refer_flag vd_source unique_k plat_id
    chksm scene xtrack clicktime enterid sessionid ascene subscene pass_ticket wx_header
    exportkey tt_from utm log_from seid ivk_sa abtest cmpid ncid ocid smid s_trans s_channel
"""
_TRACKING = frozenset(_NAMES.split())

# names that may mean the article elsewhere, but only the reader on these sites
_WEIXIN = "version lang key uin devicetype a8scene fontgear nettype countrycode"
_TRACKING_OF = {"mp.weixin.qq.com": frozenset(_WEIXIN.split())}
