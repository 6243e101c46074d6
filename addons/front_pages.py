"""Which pages does the front door show in answer to CONNECT? The same ones as everybody else here."""

from collections.abc import Mapping

from proxy.judgement import Judgement
from proxy.pages.asked import Form
from proxy.pages.languages import language_for
from proxy.pages.refusals import Refusals
from proxy.pages.render import Headers, Page, plain_page


class FrontPages:
    """Makes pages for the front door. A blocked attempt is recorded once for each page."""

    def __init__(self, refusals: Refusals) -> None:
        self._refusals = refusals

    def blocked(self, judgement: Judgement) -> Page:
        """The block page, with ticket and code."""
        return self._refusals.answer(judgement, Form.PAGE)

    def plain(
        self,
        status: int,
        title: str,
        text: str,
        headers: Headers = (),
        *,
        values: Mapping[str, object] | None = None,
        accept_language: str = "",
    ) -> Page:
        """A short page in plain words."""
        return plain_page(status, title, text, language_for(accept_language), values=values, headers=headers)
