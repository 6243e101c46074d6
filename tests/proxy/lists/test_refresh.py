"""Keeping subscribed lists up to date."""

import gzip
import hashlib
import io
import tarfile
from array import array
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from list_origin import ListOrigin, list_origin
from list_world import NOW, small_catalogue
from proxy.lists.copies import Copies
from proxy.lists.download import Downloader, Limits
from proxy.lists.refresh import Refresher, Result, missing
from proxy.lists.sources import Subscription


@dataclass
class World:
    """An origin, the copies of its lists, and a clock that tests move."""

    origin: ListOrigin
    copies: Copies
    now: datetime = NOW

    def source(self, path="/toys", body=None, form="domains", **fields):
        """A subscription over plain http, pinned to what is served."""
        fields = {"category": "games", **fields}
        if body is not None:
            self.origin.serve(path, body, etag=f'"{hashlib.sha256(body).hexdigest()[:8]}"')
            fields.setdefault("sha256", hashlib.sha256(body).hexdigest())
        return Subscription(
            id="toys",
            title="Toys",
            url=self.origin.url + path,
            licence="MIT",
            format=form,
            refresh="24h",
            **fields,
        )

    def refresh(self, source, *, force=False, bound=20):
        """Refresh once."""
        downloader = Downloader(Limits(20, 100_000, True), clock=lambda: 0.0)
        refresher = Refresher(self.copies, downloader, small_catalogue(), lambda: self.now, bound)
        return refresher.refresh(source, force=force)

    def good(self):
        """The text in use."""
        copy = self.copies.good("toys")
        return copy.path.read_text() if copy else None


@pytest.fixture
def world(tmp_path):
    with list_origin() as origin:
        yield World(origin, Copies(tmp_path / "lists"))


def names(count, first=0):
    return "".join(f"n{number}.example\n" for number in range(first, first + count)).encode()


def test_a_list_is_fetched_once_and_again_only_when_it_is_due(world):
    source = world.source(body=names(10))
    assert world.refresh(source).result is Result.UPDATED
    assert world.refresh(source).result is Result.NOT_DUE

    world.now += timedelta(hours=24)
    assert world.refresh(source).result is Result.UNCHANGED
    assert world.refresh(source).result is Result.NOT_DUE
    assert [headers.get("if-none-match", "") != "" for _, headers in world.origin.asked] == [False, True]
    assert world.refresh(source, force=True).result is Result.UNCHANGED


def test_an_update_takes_the_place_of_the_copy(world):
    world.refresh(world.source(body=names(10)))
    outcome = world.refresh(world.source(body=names(11)), force=True)

    assert (outcome.result, outcome.entries) == (Result.UPDATED, 11)
    assert world.good() == names(11).decode()


def test_an_update_that_loses_too_much_waits_for_a_person(world):
    world.refresh(world.source(body=names(10)))
    outcome = world.refresh(world.source(body=names(7) + names(50, 100)), force=True)

    assert outcome.result is Result.HELD
    assert outcome.detail.startswith("it loses 3 of 10 entries, more than 20 %; look at it with `lists diff`")
    assert world.good() == names(10).decode()

    world.copies.accept("toys")
    assert world.good() == (names(7) + names(50, 100)).decode()


def test_a_loss_up_to_the_bound_is_taken(world):
    world.refresh(world.source(body=names(10)))

    assert world.refresh(world.source(body=names(8)), force=True).result is Result.UPDATED


def test_a_source_can_ask_for_a_lower_bound(world):
    world.refresh(world.source(body=names(10)))

    assert world.refresh(world.source(body=names(9), max_loss_percent=5), force=True).result is Result.HELD


def test_an_answer_that_is_no_list_leaves_the_copy(world):
    world.refresh(world.source(body=names(10)))
    outcome = world.refresh(world.source(body=b"<html>\n<body>\nplease log in</body>\n"), force=True)

    assert outcome.result is Result.FAILED
    assert "it holds no line that the format domains knows; the last good copy stays in use" in outcome.detail
    assert world.good() == names(10).decode()


def test_a_list_of_which_most_lines_are_unusable_waits_for_a_person(world):
    outcome = world.refresh(world.source(body=names(2) + b"<p> x\n" * 9))

    assert outcome.result is Result.HELD
    assert "is it still the same format?" in outcome.detail


def test_a_wrong_checksum_is_refused_by_what_came(world):
    outcome = world.refresh(world.source(body=names(3), sha256="0" * 64))

    assert outcome.result is Result.FAILED
    assert f"its sha256 is {hashlib.sha256(names(3)).hexdigest()}, expected was 0000" in outcome.detail
    assert outcome.detail.endswith("there is no earlier copy")


def test_a_server_in_trouble_leaves_the_copy(world):
    source = world.source(body=names(10))
    world.refresh(source)
    world.origin.serve("/toys", b"", status=500)

    assert world.refresh(source, force=True).result is Result.FAILED
    assert world.good() == names(10).decode()


def test_a_packed_list_is_unpacked(world):
    assert world.refresh(world.source("/toys.gz", gzip.compress(names(5)))).entries == 5
    assert world.good() == names(5).decode()


def test_a_packed_list_that_grows_beyond_bounds_is_refused(world):
    outcome = world.refresh(world.source("/toys.gz", gzip.compress(bytes(5_000_000))))

    assert "larger than 100000 bytes unpacked" in outcome.detail


def test_a_squidguard_archive_becomes_a_directory(world):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        info = tarfile.TarInfo("blacklists/adult/domains")
        info.size = len(names(4))
        tar.addfile(info, io.BytesIO(names(4)))
    source = world.source(
        "/all.tar.gz", packed.getvalue(), "squidguard", category=None, categories={"adult": "pornography"}
    )

    assert world.refresh(source).entries == 4
    copy = world.copies.good("toys")
    assert (copy.path / "adult" / "domains").read_bytes() == names(4)
    assert sorted(child.name for child in copy.directory.iterdir()) == ["copy.json", "data", "names"]


def test_another_address_for_a_list_is_asked_at_once(world):
    world.refresh(world.source(body=names(10)))

    assert world.refresh(world.source("/elsewhere", names(10))).result is Result.UPDATED


def test_what_one_sorted_array_lacks_of_another_is_counted():
    assert missing(array("Q", [1, 3, 5, 7]), array("Q", [3, 4, 7, 9])) == 2
    assert missing(array("Q", [1]), array("Q")) == 1
