"""Which texts of the gateways are translated? Those that are marked here.

A marked text stays English where it is written; `proxy.pages.languages` says it in the reader's language when
a page is made. `make locale` finds it by its mark.
"""


def marked(text: str) -> str:
    """Return the text as it is."""
    return text
