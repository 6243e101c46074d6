"""Which texts of the gateways' pages are there to translate?

`python -m proxy.pages.catalogue` (make locale) brings every folder of `proxy/pages/locale/` up to date:
`pages.po`, which translators edit, and `pages.mo`, which the gateways read. A new language is a new folder:
`mkdir -p proxy/pages/locale/fr/LC_MESSAGES`, then the same command. Needs Babel, which is for development
only.
"""

import io
import sys
from pathlib import Path

import jinja2
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from jinja2.ext import extract_from_ast

from proxy.catalogue import Catalogues, bring_up_to_date
from proxy.lists.categories import load_categories

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent
MARKING = (ROOT / "addons", ROOT / "proxy" / "frontdoor", PAGES)
CATEGORIES = ROOT / "blocklists" / "categories.yaml"
HEADER = "# Texts of Schoolgate's block page, written by `make locale`. Edit translations and run it again."
KEYWORDS = dict.fromkeys(("gettext", "marked", "BadRequest"))
"""BadRequest: what it says stands on a page."""


def texts() -> Catalog:
    """All texts that programs and templates mark, and what is said of the categories that we ship."""
    found = Catalog(fuzzy=False, header_comment=HEADER)
    for folder in MARKING:
        for path in sorted(folder.rglob("*.py")):
            _take_in(found, path)
    for path in sorted(PAGES.glob("templates/*.html")):
        tree = jinja2.Environment().parse(path.read_text())  # noqa: S701  (nothing is rendered)
        for _line, _function, text in extract_from_ast(tree, ("_",)):
            found.add(
                next(filter(None, text)) if isinstance(text, tuple) else text or "", locations=_at(path)
            )
    for category in load_categories(CATEGORIES).categories.values():
        for text in (category.name, category.description, category.law, category.decided_by):
            if text:
                found.add(text, locations=_at(CATEGORIES))
    return found


CATALOGUES = Catalogues(PAGES / "locale", "pages", HEADER, texts)


def _take_in(found: Catalog, path: Path) -> None:
    source = io.BytesIO(path.read_bytes())
    marked = extract("python", source, keywords=KEYWORDS, comment_tags=["Translators:"])
    for _line, text, comments, _context in marked:
        found.add(text, locations=_at(path), auto_comments=comments)


def _at(path: Path) -> list[tuple[str, int]]:
    return [(path.relative_to(ROOT).as_posix(), 0)]


if __name__ == "__main__":
    sys.exit(bring_up_to_date([CATALOGUES]))
