"""Messages are made and looked up in shorter ways, with the same results."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy import http
from mitmproxy.coretypes import multidict

from addons.lean_messages import LOOK_UPS

MAKE = """
from mitmproxy import http
from addons.lean_messages import make_messages_lean
def make():
    try:
        return http.Response(b"HTTP/1.1", "no number", b"OK", http.Headers(), b"", None, 0.0, 0.0).status_code
    except TypeError:
        return "checked"
print(make(), http.Headers.get_all.__module__)
make_messages_lean()
print(make(), http.Headers.get_all.__module__)
"""

NAMES = st.sampled_from([b"Host", b"host", b"HOST", b"Accept", b"X-\xff", b"X-\xdf", b""])
FIELDS = st.lists(st.tuples(NAMES, st.sampled_from([b"a", b"b, c", b"\xff", b""])), max_size=6)


class Plain(http.Headers):
    """mitmproxy's own look-ups, whatever this process has made of its class."""

    __getitem__ = multidict._MultiDict.__getitem__

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def __contains__(self, key):
        return self.get(key) is not None

    def get_all(self, name):
        return [http._native(one) for one in multidict._MultiDict.get_all(self, http._always_bytes(name))]


def test_the_check_is_there_and_goes_and_look_ups_become_ours():
    said = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, text=True, check=True).stdout
    assert said.split("\n") == ["checked mitmproxy.http", "no number addons.lean_messages", ""]


@given(fields=FIELDS, name=NAMES, as_text=st.booleans())
def test_a_look_up_finds_what_mitmproxy_s_own_would(fields, name, as_text):
    asked = name.decode("utf-8", "surrogateescape") if as_text else name
    plain = Plain(fields)
    assert LOOK_UPS["get_all"](plain, asked) == plain.get_all(asked)
    assert LOOK_UPS["get"](plain, asked, "none") == plain.get(asked, "none")
    assert LOOK_UPS["__contains__"](plain, asked) == (asked in plain)
    if asked in plain:
        assert LOOK_UPS["__getitem__"](plain, asked) == plain[asked]


@pytest.mark.parametrize("look_up", ["get_all", "__getitem__", "__contains__"])
def test_what_is_no_name_is_refused(look_up):
    with pytest.raises(TypeError):
        LOOK_UPS[look_up](http.Headers(), 1)


def test_what_is_not_there_is_a_key_error():
    with pytest.raises(KeyError):
        LOOK_UPS["__getitem__"](http.Headers(), "Host")
