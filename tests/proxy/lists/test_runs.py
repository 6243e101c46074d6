"""Lines of one name each, read many at once."""

from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.lists.formats import MAX_LINE, Complaint, Format, Why, read
from proxy.lists.runs import FEW, PIECE, PLAIN, Run, read_in_runs

LINES = {
    Format.DOMAINS: "a.example",
    Format.TSV: "a.example\tadult",
    Format.HOSTS: "0.0.0.0 a.example",
    Format.ADBLOCK: "||a.example^",
    Format.DNSMASQ: "address=/a.example/",
}
ODD = [
    "", "# a comment", "! a comment", "com", "localhost.localdomain", "a..example", "192.0.2.7",
    "a.example.7", "A.Example", "*.a.example", ".a.example", "a.example.", " a.example \t",
    "b\xfccher.example", "\ufeffa.example", "a" * 64 + ".example", "a." * 130 + "example",
    "0.0.0.0\ta.example # why", "127.0.0.1 localhost.localdomain", "192.0.2.7 a.example",
    "::1 a.example", "0.0.0.0 a.example b.example", "||*.a.example^", "@@||a.example^",
    "||a.example^$third-party", "||A.EXAMPLE^", "name\tcategory", "a.example\t", "a.example\t,",
    "a.example\t#x", "a.example\tads, Adult ,ads", "a.example \tads", "a.example\tads\tgambling",
    "A.example\tAds", "server=/a.example/#", "address=/a.example/192.0.2.7", "local=/A.example/",
    "address=/a.example/b.example/", "a.example\x0b", "a.exa\x85mple",
]  # fmt: skip


def in_runs(form, text):
    """The items of a text, and how many of its entries came in runs."""
    items, ran = [], 0
    for item in read_in_runs(form, StringIO(text), lambda: None):
        if isinstance(item, Run):
            items += item.entries()
            ran += len(item.names)
        else:
            items.append(item)
    return items, ran


@pytest.mark.parametrize("form", PLAIN, ids=lambda form: form.value)
class TestEachFormat:
    def test_plain_lines_come_in_runs_but_for_the_first(self, form):
        text = f"{LINES[form]}\n" * 3000

        items, ran = in_runs(form, text)

        assert items == list(read(form, text.splitlines()))
        assert ran == 2999

    def test_an_odd_line_takes_few_others_with_it(self, form):
        lines = [LINES[form]] * 3000
        lines[1500] = "# a comment"

        items, ran = in_runs(form, "\n".join(lines))

        assert items == list(read(form, lines))
        assert 2999 - FEW <= ran < 2999

    @pytest.mark.parametrize("odd", ODD, ids=ascii)
    def test_every_other_line_says_what_it_says_alone(self, form, odd):
        lines = [LINES[form]] * 40 + [odd] + [LINES[form]] * 40

        assert in_runs(form, "\n".join(lines))[0] == list(read(form, [f"{line}\n" for line in lines]))

    @given(st.lists(st.sampled_from([*LINES.values(), *ODD]), max_size=120), st.booleans())
    def test_whatever_stands_beside_what(self, form, lines, ends):
        text = "\n".join(lines) + "\n" * ends

        assert in_runs(form, text)[0] == list(read(form, StringIO(text)))


def test_titles_are_only_looked_for_at_a_lists_first_entry():
    text = "# a table\nname\tcategory\na.example\tads\n" + "b.example\tads\n" * 2000 + "name\tcategory\n"

    assert in_runs(Format.TSV, text)[0] == list(read(Format.TSV, StringIO(text)))


def test_formats_of_other_kinds_are_read_line_by_line():
    text = "https://a.example/x\n" * 1000

    assert in_runs(Format.URLS, text) == (list(read(Format.URLS, StringIO(text))), 0)


@pytest.mark.parametrize("form", [Format.DOMAINS, Format.URLS], ids=lambda form: form.value)
def test_it_tells_now_and_then_how_far_it_is(form):
    told = []
    text = "a.example\n" * (4 * PIECE // 10)

    for item in read_in_runs(form, StringIO(text), lambda: told.append(None)):
        assert item

    assert len(told) >= 4


@pytest.mark.parametrize(
    ("form", "over"),
    [
        (Format.DOMAINS, "b.example" + " " * MAX_LINE),
        (Format.HOSTS, "0.0.0.0" + " " * MAX_LINE + "b.example"),
        (Format.TSV, "b.example\t" + "adult," * MAX_LINE + "adult"),
        (Format.TSV, "b.example\tadult" + " " * MAX_LINE),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 700, 3 * FEW + PIECE])
def test_a_line_that_is_too_long_is_refused_wherever_it_stands(form: Format, over: str, place: int) -> None:
    lines = [LINES[form]] * (place + 2)
    lines[place] = over
    items, _ = in_runs(form, "\n".join(lines))
    complaints = [(item.line, item.why) for item in items if isinstance(item, Complaint)]
    assert complaints == [(place + 1, Why.TOO_LONG)]
    assert len(items) == len(lines)
