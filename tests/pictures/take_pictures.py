"""What do the console's pages look like? `make pictures` takes the manuals' pictures in a real Chromium."""

from pathlib import Path

import pytest

from browsed_pages import Browsed, picture
from valley_high import pages, valley_high

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


@pytest.mark.timeout(900)
def test_take_them(browsed: Browsed, tmp_path: Path) -> None:
    """Take every picture, and leave none of a page that is gone."""
    taken = set()
    with valley_high(tmp_path) as school:
        for page in pages(school):
            by = school.people[page.by] if page.by else None
            for ending, look in {"": {}, **page.look}.items():
                name = f"{page.name}-{ending}.png" if ending else f"{page.name}.png"
                shown = browsed(page.path, by=by, status=page.status, **look)
                picture(shown, PICTURES / name)
                shown.context.close()
                taken.add(name)
    for left in PICTURES.glob("*.png"):
        if left.name not in taken:
            left.unlink()
