"""Which texts are there to translate, and are all of them?

`python -m proxy.console.look.catalogue` (make locale) brings every folder of `proxy/console/locale/` up to
date: `django.po`, which translators edit, and `django.mo`, which the console reads. A new language is a new
folder: `mkdir -p proxy/console/locale/fr/LC_MESSAGES`, then the same command. Needs Babel, which is for
development only.
"""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
CONSOLE = Path(__file__).parent.parent
LOCALE = CONSOLE / "locale"
HEADER = "# Texts of Schoolgate's console, written by `make locale`. Edit translations and run it again."
DATED = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
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


def languages() -> list[str]:
    """The languages that have a folder."""
    return sorted(path.parent.name for path in LOCALE.glob("*/LC_MESSAGES"))


def read(language: str) -> Catalog:
    """A language's texts; an empty catalogue for a new folder."""
    path = _path(language, "po")
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def brought_up_to_date(language: str) -> Catalog:
    """A language's texts with what is new and without what is gone; translations are kept."""
    catalogue, template = read(language), texts()
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = HEADER
    catalogue.fuzzy = False
    return catalogue


def problems(language: str) -> Iterator[str]:
    """What is missing, left over or wrong in a language's texts."""
    catalogue, template = read(language), texts()
    keys = {(message.id, message.context) for message in catalogue if message.id}
    wanted = {(message.id, message.context) for message in template if message.id}
    new, gone = sorted(wanted - keys, key=str), sorted(keys - wanted, key=str)
    yield from (f"{language}: missing, run `make locale`: {id_!r}" for id_, _context in new)
    yield from (f"{language}: not used any more: {id_!r}" for id_, _context in gone)
    for message in catalogue:
        if message.id and not _is_translated(message.string):
            yield f"{language}: not translated: {message.id!r}"
        if message.fuzzy and message.id:
            yield f"{language}: marked as uncertain: {message.id!r}"
        if message.id:
            yield from (f"{language}: {message.id!r}: {error}" for error in message.check(catalogue))


def po(catalogue: Catalog) -> bytes:
    """A catalogue as translators edit it; without line numbers and dates: it differs by texts alone."""
    written = io.BytesIO()
    write_po(written, catalogue, width=110, sort_output=True, include_lineno=False)
    lines = written.getvalue().splitlines(keepends=True)
    return b"".join(line for line in lines if not line.startswith(DATED))


def mo(catalogue: Catalog) -> bytes:
    """A catalogue as the console reads it."""
    written = io.BytesIO()
    same_text = read_po(io.BytesIO(po(catalogue)), locale=catalogue.locale)
    same_text.creation_date = same_text.revision_date = NO_DATE
    write_mo(written, same_text)
    return written.getvalue()


def main() -> int:
    """Bring all languages up to date, and say what is still to be translated."""
    open_ones = []
    for language in languages():
        catalogue = brought_up_to_date(language)
        _path(language, "po").write_bytes(po(catalogue))
        _path(language, "mo").write_bytes(mo(catalogue))
        open_ones += list(problems(language))
    sys.stdout.write("".join(f"{line}\n" for line in open_ones))
    return 1 if open_ones else 0


def _take_in(found: Catalog, path: Path, source: str) -> None:
    where = [(str(path.relative_to(CONSOLE)), 0)]
    marked = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, comment_tags=["Translators:"])
    for _line, text, comments, context in marked:
        found.add(text, locations=where, auto_comments=comments, context=context)


def _as_python(path: Path) -> str:
    """A template as Django turns it for text extractors, without the indentation that Python would mind."""
    from django.utils.translation.template import templatize

    return "\n".join(line.lstrip() for line in templatize(path.read_text(), origin=str(path)).splitlines())


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) and bool(text) if isinstance(text, tuple | list) else bool(text)


def _path(language: str, ending: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


if __name__ == "__main__":
    from django.conf import settings

    settings.configure(USE_I18N=True)
    sys.exit(main())
