import pytest
from pydantic import ValidationError

from proxy.settings.bypass.wrapping import RedirectorsSettings, SiteSettings

WHERE = {"source": "its own page", "date": "2026-11-22"}


def test_a_site_is_read():
    said = SiteSettings.model_validate(
        {"hosts": ["WWW.Reader.Example.", "translate.example.*"], "path": "/a/"}
    )
    assert said.hosts == ("www.reader.example", "translate.example.*")


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        pytest.param({"hosts": ["example"]}, "no service's name", id="one label"),
        pytest.param({"hosts": ["*.example.org"]}, "not a host name", id="a star in front"),
        pytest.param({"hosts": ["a.example.*.org"]}, "no service's name", id="a star within"),
        pytest.param({"hosts": ["a.example.org"], "path": "("}, "is no pattern", id="a pattern"),
        pytest.param(
            {"hosts": ["a.example.org"], "parameters": ["A"]}, "should match pattern", id="capitals"
        ),
    ],
)
def test_what_is_wrong_with_a_site_is_said(said, complaint):
    with pytest.raises(ValidationError, match=complaint):
        SiteSettings.model_validate(said)


def test_the_path_of_a_redirector_is_in_small_letters():
    with pytest.raises(ValidationError):
        RedirectorsSettings.model_validate({**WHERE, "hosts": ["a.example.org"], "paths": ["/Out"]})
