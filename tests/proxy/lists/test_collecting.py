"""List files on their way into a builder."""

from list_world import small_catalogue, source
from proxy.lists.collecting import Collector
from proxy.lists.formats import Format, Why
from proxy.lists.tree import files_of


def collected(listed):
    """What became of one list: builder, counts, reasons, complaints."""
    complaints = []
    collector = Collector(small_catalogue(), 1, lambda file, complaint: complaints.append(complaint))
    (file,) = files_of(listed, small_catalogue())
    tally = collector.take(file)
    builder = collector.builder
    records = {
        builder.key(record): [builder.postings[record], *builder.further_postings(record)]
        for record in range(len(builder))
    }
    sources = [*collector.sources], [*collector.categories]
    return records, sources, tally.counts(), dict(tally.reasons), complaints


def one_by_one(text):
    """The same list in a spelling that is not read in runs: with the root's dot behind each name."""
    return "".join(
        f"{line.partition(chr(9))[0]}.{''.join(line.partition(chr(9))[1:])}\n" for line in text.splitlines()
    )


MANY = "".join(f"n{number}.example\n" for number in range(2000))
MIXTURES = ("adult", "gambling", "adult,gambling", "gambling,adult", "nonsense", "adult,nonsense")
TABLE = "".join(f"n{number % 1500}.example\t{MIXTURES[number % 7 % 6]}\n" for number in range(4000))
AGAIN = MANY[: MANY.index("n20.")]


def test_a_run_is_collected_as_its_entries_are(tmp_path):
    text = MANY + "n7.example\nco.uk\nn1999.example\n" + AGAIN
    run = collected(source(tmp_path, "x", text))

    assert run == collected(source(tmp_path, "x", one_by_one(text)))
    assert run[2]["names"] == 2000
    assert run[3] == {Why.REPEATED: 2 + 20, Why.PUBLIC_SUFFIX: 1}


def test_a_run_whose_lines_name_their_categories_is_too(tmp_path):
    run = collected(source(tmp_path, "x", TABLE, form=Format.TSV, category=None))

    assert run == collected(source(tmp_path, "x", one_by_one(TABLE), form=Format.TSV, category=None))
    assert set(run[3]) == {Why.REPEATED, Why.UNKNOWN_CATEGORY}


def test_the_second_list_knows_what_the_first_said(tmp_path):
    collector = Collector(small_catalogue(), 1, lambda file, complaint: None)
    tallies = []
    for name in ("x", "y"):
        (file,) = files_of(source(tmp_path, name, MANY), small_catalogue())
        tallies.append(collector.take(file))

    assert [tally.names for tally in tallies] == [2000, 2000]
    assert len(collector.builder) == 2000
    assert [posting >> 32 for posting in collector.builder.further_postings(6)] == [7]
