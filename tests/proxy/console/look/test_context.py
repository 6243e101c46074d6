"""The frame around every page: whose filter it is, who is here, what is said below."""

from django.test import Client

from console_people import logged_in, student


def test_the_frame_says_whose_filter_it_is_and_that_use_is_monitored(db):
    text = Client().get("/").content.decode()
    for words in (
        "Maple Valley School District",
        "Maple Valley School District monitors and records the use of this network and of this site.",
        "Filtering software is not 100 percent effective",
        'href="/tell/"',
        'href="/approved/"',
        'href="/account/login/"',
        '<a class="skip" href="#main">',
    ):
        assert words in text


def test_the_languages_stand_there_by_their_own_names(db):
    text = Client().get("/").content.decode()
    assert 'value="es" lang="es">Español<' in text
    assert 'value="en" lang="en" aria-current="true">English<' in text


def test_one_language_needs_no_choice(db, settings):
    settings.LANGUAGES = [("en", "English")]
    assert 'name="language"' not in Client().get("/").content.decode()


def test_whoever_is_logged_in_stands_above(db):
    text = logged_in(student("mina")).get("/").content.decode()
    assert "<span>Mina Example</span>" in text
    assert 'action="/account/logout/"' in text
    assert "/account/login/" not in text


def test_no_page_has_script_or_style_of_its_own(db):
    """The content security policy would not run them."""
    text = Client().get("/").content.decode()
    assert "<script" not in text
    assert "style=" not in text
    assert "default-src 'self'" in Client().get("/")["Content-Security-Policy"]
