"""How does a notice become the bytes that a browser, an app or an image tag asked for?"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import resources

import jinja2
from markupsafe import Markup, escape

from proxy.pages.asked import Form
from proxy.pages.languages import ENGLISH, Language
from proxy.pages.moments import day
from proxy.pages.notice import Notice
from proxy.pages.shown import shown

type Headers = tuple[tuple[str, str], ...]

FORBIDDEN, FAULT = 403, 503

_TEMPLATES = resources.files("proxy.pages") / "templates"
_STYLE = (_TEMPLATES / "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_EMPTY: Mapping[Form, tuple[str, bytes]] = {
    Form.IMAGE: ("image/gif", _PIXEL),
    Form.SCRIPT: ("text/javascript; charset=utf-8", b""),
    Form.STYLE: ("text/css; charset=utf-8", b""),
    Form.FONT: ("font/woff2", b""),
    Form.MEDIA: ("application/octet-stream", b""),
}
MAX_TEXT = 4000


def _clean(value: object) -> object:
    """What every value passes on its way into a template, before it is escaped."""
    return shown(value, MAX_TEXT) if isinstance(value, str) and not isinstance(value, Markup) else value


def _strong(value: str) -> Markup:
    return Markup("<strong>{}</strong>").format(shown(value, MAX_TEXT))


@lru_cache(64)
def _environment(language: Language) -> jinja2.Environment:
    """Our templates as they are compiled for a language."""

    def say(text: str, /, **values: object) -> str:
        """A text in this language; markup among its values stays markup, and all else is escaped."""
        if any(isinstance(value, Markup) for value in values.values()):
            return escape(language.gettext(text)) % {name: _clean(value) for name, value in values.items()}
        return language.gettext(text, **values)

    made = jinja2.Environment(
        loader=jinja2.PackageLoader("proxy.pages"),
        autoescape=True,
        finalize=_clean,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = Markup(_STYLE)  # noqa: S704  (our own file, without `<`)
    made.globals.update({"_": say, "language": language, "style": style, "english": language is ENGLISH})
    made.filters["strong"] = _strong
    made.filters["day"] = lambda when: day(when, language)
    return made


SECURITY_HEADERS: Headers = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A finished HTTP answer. `headers` hold Content-Type and Content-Length, not the connection's."""

    status: int
    headers: Headers
    body: bytes


def block_page(notice: Notice, form: Form = Form.PAGE) -> Page:
    """Return the answer to a blocked attempt: 403, or 503 where a fault of the filter blocks."""
    status = FAULT if notice.is_fault else FORBIDDEN
    if form is Form.PAGE:
        return html_page(status, "blocked.html", notice.language, notice=notice)
    if form is Form.JSON:
        body = json.dumps(_plain(notice)).encode("ascii")
        return page(status, "application/json", body, _in_words_of(notice.language))
    return page(status, *_EMPTY[form])


def plain_page(
    status: int,
    title: str,
    text: str,
    language: Language = ENGLISH,
    *,
    values: Mapping[str, object] | None = None,
    school: str = "",
    help_: str = "",
    headers: Headers = (),
) -> Page:
    """Return a short page of the same look, for an error or a hint: one heading, one paragraph.

    title, text    plain text, said in the language where it is `marked`; texts from outside are cut and
                   escaped
    values         what stands for `%(name)s` in the text; None: nothing does
    help_          who can help, "" to leave the section out
    headers        further header fields, such as Proxy-Authenticate
    """
    said = language.gettext(text, **(values or {}))
    title = language.gettext(title)
    made = html_page(
        status, "plain.html", language, title=shown(title), text=shown(said, 600), school=school, help=help_
    )
    return Page(made.status, made.headers + headers, made.body)


def html_page(status: int, template: str, language: Language, **values: object) -> Page:
    """Render one of our templates in a language; every value is escaped."""
    body = _environment(language).get_template(template).render(values).encode("utf-8", "replace")
    return page(status, "text/html; charset=utf-8", body, _in_words_of(language))


def page(status: int, content_type: str, body: bytes, headers: Headers = ()) -> Page:
    """Return an answer that is not cached, carries no referrer and runs nothing."""
    described = (("Content-Type", content_type), ("Content-Length", str(len(body))))
    return Page(status, described + SECURITY_HEADERS + headers, body)


def _in_words_of(language: Language) -> Headers:
    return (("Content-Language", language.code), ("Vary", "Accept-Language"))


def _plain(notice: Notice) -> dict[str, object]:
    """The notice for a program; `until` bounds the answer's validity, `opens_at` is a promise."""
    return {
        "blocked": True,
        "host": notice.host,
        "category": notice.category_id,
        "category_name": notice.category,
        "basis": notice.basis.value if notice.basis else "",
        "reason": notice.reason.value,
        "explanation": notice.explanation,
        "decision": notice.decision,
        "list": notice.list_id,
        "line": notice.line,
        "until": _iso(notice.until),
        "opens_at": _iso(notice.opens_at),
        "help": notice.help,
        "code": notice.code,
        "ticket": notice.ticket,
        "ask": notice.ask_url,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
