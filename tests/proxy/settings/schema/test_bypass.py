"""Are ways around the filter looked for at all?"""

from pathlib import Path

import pytest

from proxy.settings.loading import load
from small_settings import write_settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("bypass: {}\n", True, id="not written"),
        pytest.param("bypass: {detectors: on}\n", True, id="on"),
        pytest.param("bypass: {detectors: off}\n", False, id="off"),
    ],
)
def test_detectors_look_unless_somebody_says_otherwise(tmp_path: Path, text: str, expected: bool) -> None:
    settings = load(write_settings(tmp_path, bypass=text)).settings
    assert settings is not None
    assert settings.bypass.detectors is expected
