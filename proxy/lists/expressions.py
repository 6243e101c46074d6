"""Does a URL match one of the lists' regular expressions? In linear time, whatever the expression."""

from collections.abc import Sequence
from urllib.parse import unquote_to_bytes

import re2

from proxy.decision.urls import Url

MAX_EXPRESSION = 16_384
MAX_MEMORY = 16 << 20
MAX_SUBJECT = 16_384
UNRELATED = (
    "en.wikipedia.org/wiki/Water",
    "www.khanacademy.org/math",
    "docs.google.com/document/d/1Ab_x?usp=sharing",
    "www.nasa.gov/",
    "www.bbc.co.uk/news/10628494",
    "kidshealth.org/en/kids/",
    "192.0.2.7:8080/index.html",
    "www.loc.gov/item/2021?q=maps",
)
MOST_UNRELATED = 2


def refusal(expression: str) -> str | None:
    """Say why an expression cannot be used, or None when it can."""
    if len(expression) > MAX_EXPRESSION:
        return f"an expression has at most {MAX_EXPRESSION} characters, this one {len(expression)}"
    try:
        compiled = re2.compile(expression.encode("utf-8", "replace"), _options())
    except re2.error as error:
        reason = error.args[0] if error.args else error
        text = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return f"RE2 does not take it: {text[:120]}"
    if compiled.search(b"") is not None:
        return "it matches every URL"
    harmless = [page for page in UNRELATED if compiled.search(page.encode()) is not None]
    if len(harmless) > MOST_UNRELATED:
        return f"it matches pages that have nothing in common, such as {', '.join(harmless[:3])}"
    return None


def subjects(url: Url) -> list[bytes]:
    """The texts that expressions are tried on: `host/path?query`, and the same with its query decoded."""
    text = url.host + url.path + (f"?{url.query}" if url.query else "")
    raw = text.encode("utf-8", "surrogatepass")[:MAX_SUBJECT]
    if "%" not in url.query and "+" not in url.query:
        return [raw]
    return [raw, unquote_to_bytes(raw.replace(b"+", b" "))]


class Expressions:
    """Compiled expressions; they may match anywhere in the text, in upper or lower case."""

    def __init__(self, expressions: Sequence[str]) -> None:
        options = _options()
        self._compiled = [re2.compile(text.encode("utf-8", "replace"), options) for text in expressions]

    def matching(self, url: Url) -> list[int]:
        """Numbers of the expressions that match a URL."""
        texts = subjects(url)
        return [
            number
            for number, pattern in enumerate(self._compiled)
            if any(pattern.search(text) is not None for text in texts)
        ]


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.never_capture = True
    options.max_mem = MAX_MEMORY
    return options
