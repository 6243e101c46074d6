"""In which form was the blocked thing asked for, so that the answer fits its place?

A browser says where the answer goes (Sec-Fetch-Dest, on HTTPS), else what it would take (Accept),
else the path's ending is the best guess. When in doubt it is the page that a person can read.
"""

from enum import Enum


class Form(Enum):
    """What the answer has to look like."""

    PAGE = "page"
    JSON = "json"
    IMAGE = "image"
    SCRIPT = "script"
    STYLE = "style"
    FONT = "font"
    MEDIA = "media"


_DESTINATIONS = {
    **dict.fromkeys(("document", "iframe", "frame", "fencedframe", "embed", "object"), Form.PAGE),
    **dict.fromkeys(("image",), Form.IMAGE),
    **dict.fromkeys(("script", "worker", "sharedworker", "serviceworker"), Form.SCRIPT),
    **dict.fromkeys(("audioworklet", "paintworklet"), Form.SCRIPT),
    **dict.fromkeys(("style", "xslt"), Form.STYLE),
    **dict.fromkeys(("font",), Form.FONT),
    **dict.fromkeys(("audio", "video", "track"), Form.MEDIA),
    **dict.fromkeys(("manifest", "report", "json", "webidentity"), Form.JSON),
}
_ENDINGS = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp"), Form.IMAGE),
    **dict.fromkeys(("js", "mjs"), Form.SCRIPT),
    **dict.fromkeys(("css",), Form.STYLE),
    **dict.fromkeys(("woff", "woff2", "ttf", "otf"), Form.FONT),
    **dict.fromkeys(("mp4", "webm", "mp3", "m4a", "ogg", "m3u8", "ts", "wav"), Form.MEDIA),
    **dict.fromkeys(("json",), Form.JSON),
}


def form_for(
    path: str, *, accept: str = "", fetch_dest: str = "", requested_with: str = "", upgrade: str = ""
) -> Form:
    """Choose the form from a request's canonical path and its header fields ("" where one is missing).

    accept, fetch_dest, requested_with, upgrade    values of Accept, Sec-Fetch-Dest, X-Requested-With
                                                   and Upgrade
    """
    dest = fetch_dest.strip().lower()
    if dest in _DESTINATIONS:
        return _DESTINATIONS[dest]
    by_accept = _accepted(accept)
    if by_accept is not None:
        return by_accept
    if dest or requested_with.lower() == "xmlhttprequest" or upgrade:
        return Form.JSON
    ending = path.rpartition("/")[2].rpartition(".")
    return _ENDINGS.get(ending[2].lower(), Form.PAGE) if ending[1] else Form.PAGE


def _accepted(accept: str) -> Form | None:
    """The form of the first media type that tells one; None when all would do."""
    for part in accept[:1000].lower().split(","):
        kind, _, parameters = part.partition(";")
        if parameters.replace(" ", "") in ("q=0", "q=0.0"):
            continue
        form = _form_of(kind.strip())
        if form is not None:
            return form
    return None


def _form_of(kind: str) -> Form | None:
    if kind in ("text/html", "application/xhtml+xml"):
        return Form.PAGE
    if kind == "application/json" or kind.endswith("+json"):
        return Form.JSON
    if kind == "text/css":
        return Form.STYLE
    if kind.endswith(("/javascript", "/ecmascript")):
        return Form.SCRIPT
    top = kind.partition("/")[0]
    return {"image": Form.IMAGE, "font": Form.FONT, "audio": Form.MEDIA, "video": Form.MEDIA}.get(top)
