"""Receipts: links that only the console can make."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.console.portal import receipts


def test_a_receipt_leads_to_its_asking():
    link = receipts.link(17)
    assert link.startswith("/receipt/17~")
    assert receipts.asking_of(link.removeprefix("/receipt/")) == 17


def test_it_cannot_be_made_for_another_one():
    signature = receipts.link(17).rpartition("~")[2]
    assert receipts.asking_of(f"18~{signature}") is None


@given(st.text(max_size=80))
def test_any_other_text_is_none(text):
    assert receipts.asking_of(text) is None


@pytest.mark.parametrize("text", ["", "~", "17", "17~", "-1~x", "1~2~3"])
def test_what_is_no_receipt(text):
    assert receipts.asking_of(text) is None
