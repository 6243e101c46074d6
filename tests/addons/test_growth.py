"""A worker's own memory is measured, and compared with the bound in force."""

import asyncio

from addons.growth import outgrown, own_megabytes


def test_what_belongs_to_this_process_alone_is_counted(tmp_path):
    status = tmp_path / "status"
    status.write_text("VmRSS:\t 900000 kB\nRssAnon:\t  204800 kB\nRssFile:\t 695200 kB\n")
    assert own_megabytes(status) == 200
    assert own_megabytes(tmp_path / "none") == 0
    assert own_megabytes() > 5


def test_the_bound_is_asked_for_anew_and_nothing_is_no_bound():
    bounds, measured = iter([0, 100, 100]), iter([500, 100, 101])
    assert (
        asyncio.run(outgrown(lambda: next(bounds), lambda: next(measured), every_s=0, lives_for_s=0)) == 101
    )
