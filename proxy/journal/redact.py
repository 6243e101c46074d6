"""How much of a URL may an event keep? Path and query, without what opens somebody's account.

Taken out: userinfo, the fragment, values of parameters whose name speaks of a credential (in the
query, in path parameters, and in URLs nested in values), and JSON web tokens wherever they stand.
A value taken out is written `-`, so that the shape of the URL stays visible.
"""

import re
from urllib.parse import quote, unquote

from proxy.decision.urls import DEFAULT_PORTS, MAX_DECODINGS, Url

MAX_URL_CHARS = 2048
GONE = "-"

CREDENTIAL_WORDS = frozenset(
    {"apikey", "assertion", "auth", "authorization", "bearer", "code", "cookie", "credential", "credentials"}
    | {"csrf", "hmac", "jsessionid", "jwt", "key", "login", "nonce", "oauth", "otp", "pass", "passcode"}
    | {"passphrase", "passwd", "password", "phpsessid", "pin", "pwd", "samlrequest", "samlresponse", "secret"}
    | {"session", "sessionid", "sid", "sig", "signature", "sso", "ticket", "token", "totp", "xsrf"}
)
CREDENTIAL_ENDINGS = (
    *("token", "secret", "password", "passwd", "apikey", "signature", "sessionid", "sessid"),
    *("credential", "authcode", "accesscode", "passcode"),
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)*")
_USERINFO = re.compile(r"(:/{1,2})[^/?#@\s]*@")
_NAME = re.compile(r"(?<![^?&;=/#])([^=?&;/#]+)=")
_ESCAPED = re.compile(r"[^&;=?/]*%[^&;=?/]*")
_VALUE_END = re.compile(r"[&;]")
_PATH_VALUE_END = re.compile(r"[&;/]")


def kept_url(url: Url) -> str:
    """Spell a URL as an event keeps it, at most MAX_URL_CHARS characters (`…` marks a cut)."""
    host = f"[{url.host}]" if ":" in url.host else url.host
    port = "" if DEFAULT_PORTS.get(url.scheme) == url.port else f":{url.port}"
    query = kept_query(url.query) if url.query else ""
    text = f"{url.scheme}://{host}{port}{kept_path(url.path)}" + (f"?{query}" if query else "")
    return text if len(text) <= MAX_URL_CHARS else text[: MAX_URL_CHARS - 1] + "…"


def kept_path(path: str) -> str:
    """Take credentials out of a canonical path, whose escapes are decoded already."""
    path, mark, query = path.partition("#")[0].partition("?")
    return _without_credentials(path, _PATH_VALUE_END) + mark + (kept_query(query) if mark else "")


def kept_query(query: str) -> str:
    """Take credentials out of a query, written as it was sent, without `?`."""
    kept = _without_credentials(query.partition("#")[0], _VALUE_END)
    return _ESCAPED.sub(_escaped, kept) if "%" in kept else kept


def without_credentials(text: str) -> str:
    """Take credentials out of a text that may hold a part of a URL."""
    return _without_credentials(text, _VALUE_END)


def names_a_credential(name: str) -> bool:
    """Say whether a parameter's name speaks of a credential: `token`, `client_secret`, `X-Amz-Signature`."""
    words = [word.lower() for word in _WORD.findall(_decoded(name))]
    if not CREDENTIAL_WORDS.isdisjoint(words):
        return True
    joined = "".join(words)
    return joined in CREDENTIAL_WORDS or joined.endswith(CREDENTIAL_ENDINGS)


def _without_credentials(text: str, value_end: re.Pattern[str]) -> str:
    if "eyJ" in text:
        text = _JWT.sub(GONE, text)
    if "@" in text:
        text = _USERINFO.sub(r"\1", text)
    if "=" not in text:
        return text
    kept, at = [], 0
    for name in _NAME.finditer(text):
        if name.start() < at or not names_a_credential(name.group(1)):
            continue
        end = value_end.search(text, name.end())
        kept.append(text[at : name.end()] + GONE)
        at = end.start() if end else len(text)
    return "".join(kept) + text[at:]


def _escaped(match: re.Match[str]) -> str:
    """A value may itself be a URL or a query in percent escapes; it is written anew only if it must."""
    decoded = _decoded(match.group())
    kept = _without_credentials(decoded.partition("#")[0] if "://" in decoded else decoded, _VALUE_END)
    return match.group() if kept == decoded else quote(kept, safe="", errors="replace")


def _decoded(text: str) -> str:
    for _ in range(MAX_DECODINGS):
        if "%" not in text:
            break
        text = unquote(text)
    return text
