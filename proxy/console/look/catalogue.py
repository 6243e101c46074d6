"""Which texts of the console are there to translate?

`python -m proxy.console.look.catalogue` (make locale) brings every folder of `proxy/console/locale/` up to
date: `django.po`, which translators edit, and `django.mo`, which the console reads. A new language is a new
folder: `mkdir -p proxy/console/locale/fr/LC_MESSAGES`, then the same command. Needs Babel, which is for
development only.
"""

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract

from proxy.catalogue import Catalogues, bring_up_to_date

CONSOLE = Path(__file__).parent.parent
HEADER = "# Texts of Schoolgate's console, written by `make locale`. Edit translations and run it again."
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


def texts() -> Catalog:
    """All texts that programs and templates of the console mark, with the files they stand in."""
    found = Catalog(fuzzy=False, header_comment=HEADER)
    for path in sorted(CONSOLE.rglob("*.py")):
        _take_in(found, path, path.read_text())
    for path in sorted([*CONSOLE.rglob("templates/**/*.html"), *CONSOLE.rglob("templates/**/*.txt")]):
        _take_in(found, path, _as_python(path))
    return found


CATALOGUES = Catalogues(CONSOLE / "locale", "django", HEADER, texts)


def _take_in(found: Catalog, path: Path, source: str) -> None:
    where = [(str(path.relative_to(CONSOLE)), 0)]
    marked = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=["Translators:"])
    for _line, text, comments, context in marked:
        found.add(text, locations=where, auto_comments=comments, context=context)


def _as_python(path: Path) -> str:
    """A template as Django turns it for text extractors, without the indentation that Python would mind."""
    from django.utils.translation.template import templatize

    return "\n".join(line.lstrip() for line in templatize(path.read_text(), origin=str(path)).splitlines())


if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=True)
    sys.exit(bring_up_to_date([CATALOGUES]))
