"""What the database refuses of how far events were read."""

from datetime import timedelta

import pytest

from acts_seen import refused
from past_the_desk import run
from proxy.console.incidents.models import Cursor, Taken
from review_office import MONDAY, Office

pytestmark = pytest.mark.usefixtures("officers")
LATER = MONDAY + timedelta(hours=1)
TOMORROW = MONDAY + timedelta(days=1)


class TestHowFarWasRead:
    @pytest.fixture
    def cursor(self, office: Office) -> Cursor:
        """One that has counted for a day."""
        return Cursor.objects.create(read_to=TOMORROW, looked_back_at=TOMORROW, counts_from=MONDAY)

    @pytest.mark.parametrize("column", ["read_to", "looked_back_at", "counts_from"])
    def test_it_never_goes_back(self, cursor: Cursor, column: str) -> None:
        back = getattr(cursor, column) - timedelta(seconds=1)
        refused("not read anew|counting begins", Cursor.objects.update, **{column: back})

    def test_counting_begins_once_until_it_is_switched_off(self, cursor: Cursor) -> None:
        refused("counting begins", Cursor.objects.update, counts_from=LATER)
        refused("counting begins", Cursor.objects.update, counts_from=LATER, counting=False)
        Cursor.objects.update(counting=False)
        refused("counting begins", Cursor.objects.update, counts_from=LATER)
        refused("not read anew", Cursor.objects.update, counts_from=MONDAY - timedelta(1), counting=True)
        Cursor.objects.update(counts_from=LATER, counting=True)

    @pytest.mark.parametrize("ahead", [timedelta(seconds=1), timedelta(days=300)], ids=str)
    def test_counting_begins_where_was_read_to(self, cursor: Cursor, ahead: timedelta) -> None:
        Cursor.objects.update(counting=False)
        refused("was read to", Cursor.objects.update, counts_from=TOMORROW + ahead, counting=True)
        Cursor.objects.update(counts_from=TOMORROW, counting=True)

    @pytest.mark.parametrize("column", ["read_to", "looked_back_at", "counts_from"])
    def test_it_never_lies_in_a_far_year(self, cursor: Cursor, column: str) -> None:
        far = {column: MONDAY.replace(year=9000)}
        refused("no clock|counting begins", Cursor.objects.update, **far)
        places = {"read_to": MONDAY, "looked_back_at": MONDAY, "counts_from": MONDAY}
        refused("no clock|one row|takes the place", Cursor.objects.create, id=2, **{**places, **far})

    def test_there_is_one_and_it_is_kept(self, cursor: Cursor) -> None:
        places = {"read_to": TOMORROW, "looked_back_at": TOMORROW, "counts_from": TOMORROW}
        refused("one row", Cursor.objects.create, id=2, **places)
        refused("one row", run, "DELETE FROM incidents_cursor")
        refused("not read anew|takes the place", Cursor.objects.update, id=2)


class TestWhatWasCounted:
    def test_it_is_known_while_a_round_looks_back_to_it(self, office: Office) -> None:
        Cursor.objects.create(read_to=TOMORROW, looked_back_at=TOMORROW, counts_from=MONDAY)
        Taken.objects.create(event="a" * 26, at=MONDAY)
        refused("looks back", run, "DELETE FROM incidents_taken")
        refused("looks back", Taken.objects.update, at=MONDAY - timedelta(days=9))
        refused("looks back", Taken.objects.update, event="b" * 26)
        Cursor.objects.update(read_to=TOMORROW + timedelta(seconds=1))
        run("DELETE FROM incidents_taken")
        assert not Taken.objects.exists()
