"""The one place where exceptions of httpcore, ssl and zlib become `FetchError`s."""

import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore

from watcher.fetch.guard import AddressRefusedError, NameUnknownError
from watcher.model import FetchError, FetchErrorKind


class FetchFailedError(Exception):
    """Carries a FetchError from the depth of a fetch to its surface; never leaves this folder."""

    def __init__(self, error: FetchError) -> None:
        super().__init__(error.message)
        self.error = error


def failed(kind: FetchErrorKind, message: str) -> FetchFailedError:
    """Returns the exception for a failure found by ourselves."""
    return FetchFailedError(FetchError(kind, message))


@contextmanager
def translated(doing: str, *, reset: FetchErrorKind = "connect") -> Iterator[None]:
    """Turns what the libraries raise into FetchFailedError. `doing` opens the sentence: "asking …".

    `reset` is the kind of a connection that breaks off: before an answer or within it.
    """
    try:
        yield
    except AddressRefusedError as problem:
        raise failed("refused", str(problem)) from problem
    except NameUnknownError as problem:
        raise _unreached("dns", str(problem)) from problem
    except httpcore.ConnectTimeout as problem:
        raise _unreached("connect", f"{doing}: no connection, as if nobody were there") from problem
    except (httpcore.TimeoutException, TimeoutError) as problem:
        raise failed("timeout", f"{doing}: no answer in time") from problem
    except (httpcore.RemoteProtocolError, httpcore.ProxyError) as problem:  # no HTTP, or cut off
        raise failed("broken", f"{doing}: {problem}") from problem
    except (httpcore.NetworkError, OSError) as problem:
        kind = "tls" if isinstance(_root(problem), ssl.SSLError) else reset
        nobody = isinstance(problem, httpcore.ConnectError) and kind == "connect"
        raise (_unreached if nobody else failed)(kind, f"{doing}: {_cause(problem)}") from problem
    except zlib.error as problem:
        raise failed("broken", f"{doing}: bad gzip ({problem})") from problem
    except (httpcore.LocalProtocolError, UnicodeError) as problem:
        # Its own text quotes the header, secret and all.
        raise failed("refused", f"{doing}: a header or the address holds what HTTP cannot carry") from problem
    except ValueError as problem:
        raise failed("refused", f"{doing}: {problem}") from problem


def _unreached(kind: FetchErrorKind, message: str) -> FetchFailedError:
    return FetchFailedError(FetchError(kind, message, unreached=True))


def _cause(problem: BaseException) -> str:
    root = _root(problem)
    if isinstance(root, ssl.SSLCertVerificationError):
        return f"its certificate is not valid ({root.verify_message})"
    text = str(problem) or str(root)
    return text or "the connection was reset"


def _root(problem: BaseException) -> BaseException:
    """Returns the first cause: httpcore wraps anyio wraps ssl."""
    while problem.__cause__ or problem.__context__:
        problem = problem.__cause__ or problem.__context__  # type: ignore[assignment] # not None here
    return problem
