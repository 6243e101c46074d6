"""How a compilation says how far it is."""

import io

from proxy.commands.progress import EVERY_S, shown


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_without_a_terminal_a_line_is_printed_now_and_then():
    now, out = [0.0], io.StringIO()
    with shown(out, lambda: now[0]) as tell:
        tell("reading ads", 1, 10)
        now[0] += EVERY_S
        tell("reading ads", 5, 10)
        tell("reading ads", 6, 10)
        now[0] += EVERY_S
        tell("writing the index", 0, 0)

    assert out.getvalue() == "reading ads: 50 %\nwriting the index: 0 %\n"


def test_on_a_terminal_a_bar_names_the_step():
    out = Terminal()
    with shown(out) as tell:
        tell("reading ads", 5, 10)

    assert "reading ads" in out.getvalue()
