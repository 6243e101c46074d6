"""Names and addresses in list lines."""

import pytest

from proxy.decision.listing import ListingKind
from proxy.lists.formats.entry import Complaint, Entry, Exemption, Reach, Why
from proxy.lists.formats.spelling import address_entry, host_entry


@pytest.mark.parametrize(
    "spelling", ["192.0.2.7", "0xC0.0.2.7", "3221225991", "192.0.519", "[::ffff:192.0.2.7]"]
)
def test_an_address_is_known_in_every_spelling_a_browser_takes(spelling):
    assert host_entry(3, spelling) == Entry(3, ListingKind.ADDRESS, "192.0.2.7")


def test_a_name_keeps_its_reach_exemption_and_categories():
    entry = host_entry(3, "A.Example", Reach.BELOW, Exemption.ABSOLUTE, ("games",))

    assert entry == Entry(3, ListingKind.NAME, "a.example", Reach.BELOW, Exemption.ABSOLUTE, ("games",))


def test_an_address_keeps_its_categories():
    assert host_entry(3, "192.0.2.7", categories=("games",)).categories == ("games",)


@pytest.mark.parametrize(
    "text", ["localhost", "LOCALHOST.localdomain", "ip6-allnodes", "127.0.0.1", "0.0.0.0", "::1"]
)
def test_names_of_this_machine_are_set_apart(text):
    item = host_entry(1, text)

    assert isinstance(item, Complaint)
    assert item.why is Why.LOCAL_NAME


def test_an_exception_may_be_as_wide_as_it_likes():
    assert isinstance(address_entry(1, "0.0.0.0/0", Exemption.SPECIFIC), Entry)
