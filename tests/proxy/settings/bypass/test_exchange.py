import pytest
from pydantic import ValidationError

from proxy.settings.bypass.exchange import BodySettings, HeadSettings, WeakeningSettings

SAID = {"technique": "webproxy.x", "source": "its own page", "date": "2026-11-22"}


@pytest.mark.parametrize(
    ("model", "said", "message"),
    [
        pytest.param(HeadSettings, {"address": "(unclosed"}, "no RE2 expression", id="expression"),
        pytest.param(
            HeadSettings, {"address": "(?=ahead)"}, "no RE2 expression", id="what RE2 does not know"
        ),
        pytest.param(HeadSettings, {"fields": {"Upper-Case": "x"}}, "pattern", id="field"),
        pytest.param(HeadSettings, {"methods": ["get it"]}, "pattern", id="method"),
        pytest.param(HeadSettings, {"confidence": 1.5}, "less than or equal", id="confidence"),
        pytest.param(BodySettings, {"kinds": []}, "at least 1", id="no kind"),
        pytest.param(BodySettings, {"kinds": ["film"]}, "Input should be", id="kind"),
        pytest.param(
            BodySettings, {"kinds": ["page"], "some": ["ab"]}, "at least 3", id="a mark that is everywhere"
        ),
        pytest.param(WeakeningSettings, {"hosts": "*"}, "no RE2 expression", id="hosts"),
    ],
)
def test_what_is_wrong_is_said(model, said, message):
    with pytest.raises(ValidationError, match=message):
        model.model_validate(SAID | said)


def test_a_rule_is_read():
    read = BodySettings.model_validate(
        SAID | {"kinds": ["page", "worker"], "some": ["alpha"], "consequence": "log"}
    )
    assert (read.some, read.least, read.consequence.value if read.consequence else "") == (
        ("alpha",),
        1,
        "log",
    )
