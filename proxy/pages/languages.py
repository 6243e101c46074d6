"""In which language does a reader want a page, and what do our texts say in it?

A language is a folder, `locale/<language>/LC_MESSAGES` (`make locale`); English stands in programs and
templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources

DOMAIN = "pages"
MAX_FIELD = 200
MAX_REMEMBERED = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language that pages are written in.

    code    as `<html lang>` and Content-Language have it
    """

    code: str
    translations: NullTranslations = field(default_factory=NullTranslations)

    def gettext(self, text: str, /, **values: object) -> str:
        """A text of ours in this language, with values put into it; any other text as it is."""
        said = self.translations.gettext(text) if text else ""
        return said % values if values else said

    @property
    def direction(self) -> str:
        """Which way it is written."""
        # Translators: rtl for a language that is written from right to left
        return "rtl" if self.gettext("ltr") == "rtl" else "ltr"


ENGLISH = Language("en")


def _found() -> dict[str, Language]:
    languages = {"en": ENGLISH}
    for folder in sorted((resources.files("proxy.pages") / "locale").iterdir(), key=lambda one: one.name):
        texts = folder / "LC_MESSAGES" / f"{DOMAIN}.mo"
        if texts.is_file():
            with texts.open("rb") as file:
                language = Language(folder.name.replace("_", "-"), GNUTranslations(file))
            languages[language.code.lower()] = language
    return languages


LANGUAGES: Mapping[str, Language] = _found()


def language_for(accepted: str) -> Language:
    """Choose by a request's Accept-Language field, or ""; English where none of ours is wanted."""
    return _language_for(accepted[:MAX_FIELD]) if accepted else ENGLISH


@lru_cache(MAX_REMEMBERED)
def _language_for(accepted: str) -> Language:
    """RFC 9110, section 12.5.4; `es-MX` finds `es`, by the look-up of RFC 4647, section 3.4."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        range_, weight = _weighed(part)
        weights.setdefault(range_, weight)
    # Sorting keeps the field's order among equal weights.
    for range_, weight in sorted(weights.items(), key=lambda one: -one[1]):
        if weight <= 0:
            break
        ours = _any_but(weights) if range_ == "*" else _ours(range_)
        if ours is not None:
            return ours
    return ENGLISH


def _weighed(part: str) -> tuple[str, float]:
    """A language range and its weight; one that cannot be read is not wanted."""
    range_, semicolon, parameter = part.partition(";")
    name, _, number = parameter.partition("=")
    if not semicolon:
        return range_.strip(), 1.0
    try:
        weight = float(number) if name.strip() == "q" else 0.0
    except ValueError:
        weight = 0.0
    return range_.strip(), weight if 0.0 <= weight <= 1.0 else 0.0


def _ours(range_: str) -> Language | None:
    while range_:
        if range_ in LANGUAGES:
            return LANGUAGES[range_]
        range_ = range_.rpartition("-")[0]
    return None


def _any_but(named: Mapping[str, float]) -> Language | None:
    """What `*` stands for: the first language that the field does not name."""
    return next((language for code, language in LANGUAGES.items() if code not in named), None)
