"""What does the front door say in HTTP, and who makes the pages?"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from proxy.judgement import Judgement

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Page(Protocol):
    """A finished answer without what concerns the connection, as proxy.pages makes it."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def body(self) -> bytes: ...


class Pages(Protocol):
    """Makes pages. `blocked` records the attempt as well, once for each call.

    They are English unless a request says otherwise: no browser sends its languages with CONNECT, nor
    shows the answer's page.
    """

    def blocked(self, judgement: Judgement) -> Page:
        """The block page, with ticket and code."""

    def plain(
        self,
        status: int,
        title: str,
        text: str,
        headers: tuple[tuple[str, str], ...] = (),
        *,
        values: Mapping[str, object] | None = None,
        accept_language: str = "",
    ) -> Page:
        """A page in plain words, which are escaped where they are put on it.

        title, text        `marked`, so that they can be said in another language
        values             what stands for `%(name)s` in the text
        accept_language    the request's field, or ""
        """


@dataclass(frozen=True, slots=True)
class Answer:
    """A refusal, and whether the connection is kept for a further request."""

    page: Page
    keep: bool = False

    def octets(self) -> bytes:
        """The whole HTTP/1.1 response."""
        page = self.page
        try:
            phrase = HTTPStatus(page.status).phrase
        except ValueError:
            phrase = "-"
        fields = [*page.headers]
        if not any(name.lower() == "content-length" for name, _ in fields):
            fields.append(("Content-Length", str(len(page.body))))
        if not self.keep and not any(name.lower() == "connection" for name, _ in fields):
            fields.append(("Connection", "close"))
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return f"HTTP/1.1 {page.status} {phrase}\r\n{head}\r\n".encode("latin-1", "replace") + page.body
