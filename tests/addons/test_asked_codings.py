import pytest

from addons.asked_codings import in_readable_codings

OTHER = (b"Accept", b"compress, */*")


@pytest.mark.parametrize(
    ("asked", "passed"),
    [
        (b"gzip, deflate, br, zstd", b"gzip, deflate, br, zstd"),
        (b"gzip, deflate, br, zstd, dcb, dcz", b"gzip, deflate, br, zstd"),
        (b"GZIP;q=0.5 , sdch;q=1,identity;q=0", b"GZIP;q=0.5, identity;q=0"),
        (b"br, *;q=0", b"br, *;q=0"),
        (b"br;q=1, *;q=0.1", b"br;q=1"),
        (b"*", b"identity"),
        (b"compress", b"identity"),
        (b"", b"identity"),
    ],
)
def test_what_is_not_read_here_is_not_asked_for(asked, passed):
    told = in_readable_codings((OTHER, (b"accept-Encoding", asked)))
    assert told == (OTHER, (b"accept-Encoding", passed))


def test_who_asks_for_none_is_left_so():
    assert in_readable_codings((OTHER,)) == (OTHER,)
