from datetime import timedelta

import block_page_school
from proxy.pages.house import NO_HOUSE, House, house_of
from proxy.settings.schema.console import ConsoleSettings


def test_a_house_is_what_the_settings_say():
    settings = block_page_school.settings(
        block_page={"contact": "Room 12.", "ticket_days": 7, "portal": ""},
        gateway={"school_name": "Elm School", "name": "gw-2"},
    )

    assert house_of(settings) == House("Elm School", "gw-2", "Room 12.", "", timedelta(days=7))


def test_an_adult_is_told_in_the_console():
    console = ConsoleSettings(url="https://ask.school.example")
    settings = block_page_school.settings().model_copy(update={"console": console})

    assert house_of(settings).tell == "https://ask.school.example/tell/"


def test_without_settings_the_house_is_a_neutral_one():
    assert house_of(None) == NO_HOUSE
