"""Are all marked texts of a part translated, in every language that has a folder?

`proxy.console.look.catalogue` and `proxy.pages.catalogue` say which texts there are. Needs Babel, which is
for development only.
"""

import io
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
DATED = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')


@dataclass(frozen=True, slots=True)
class Catalogues:
    """The translations of one part: a folder for each language.

    folder    holds `<language>/LC_MESSAGES/<domain>.po`, which translators edit, and the `.mo` that is read
    header    first line of each `.po`
    texts     all texts that the part marks, with the files they stand in
    """

    folder: Path
    domain: str
    header: str
    texts: Callable[[], Catalog]

    def languages(self) -> list[str]:
        """The languages that have a folder."""
        return sorted(path.parent.name for path in self.folder.glob("*/LC_MESSAGES"))

    def path(self, language: str, ending: str) -> Path:
        """The file of a language: `po` or `mo`."""
        return self.folder / language / "LC_MESSAGES" / f"{self.domain}.{ending}"

    def read(self, language: str) -> Catalog:
        """A language's texts; an empty catalogue for a new folder."""
        path = self.path(language, "po")
        if not path.exists():
            return Catalog(locale=language, fuzzy=False)
        with path.open("rb") as file:
            return read_po(file, locale=language)

    def brought_up_to_date(self, language: str) -> Catalog:
        """A language's texts with what is new and without what is gone; translations are kept."""
        catalogue = self.read(language)
        catalogue.update(self.texts(), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = self.header
        catalogue.fuzzy = False
        return catalogue

    def problems(self, language: str) -> Iterator[str]:
        """What is missing, left over or wrong in a language's texts."""
        catalogue, template = self.read(language), self.texts()
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
    """A catalogue as programs read it."""
    written = io.BytesIO()
    same_text = read_po(io.BytesIO(po(catalogue)), locale=catalogue.locale)
    same_text.creation_date = same_text.revision_date = NO_DATE
    write_mo(written, same_text)
    return written.getvalue()


def bring_up_to_date(parts: Iterable[Catalogues]) -> int:
    """Write every language of some parts anew, print what is still to be translated, return the status."""
    open_ones = []
    for part in parts:
        for language in part.languages():
            catalogue = part.brought_up_to_date(language)
            part.path(language, "po").write_bytes(po(catalogue))
            part.path(language, "mo").write_bytes(mo(catalogue))
            open_ones += list(part.problems(language))
    sys.stdout.write("".join(f"{line}\n" for line in open_ones))
    return 1 if open_ones else 0


def _is_translated(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return all(text) and bool(text) if isinstance(text, tuple | list) else bool(text)
