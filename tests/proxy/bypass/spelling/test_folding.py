import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.spelling.folding import MAX_UNFOLDED, is_certain, unfold, unfolded


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        pytest.param("www-example-org", "www.example.org", id="full stops"),
        pytest.param("www-high--school-org", "www.high-school.org", id="a hyphen of its own"),
        pytest.param("0-en--ab-example-org-0", "en-ab.example.org", id="what would look like punycode"),
        pytest.param("xn----abc-example-org", "xn--abc.example.org", id="punycode itself"),
        pytest.param("lesson", "", id="nothing folded"),
        pytest.param("lesson-five", "", id="no such suffix"),
    ],
)
def test_a_label_is_unfolded(label, expected):
    assert unfold(label) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("www-example-com.proxy.example.net", ("www.example.com",), id="hyphens"),
        pytest.param("www-example-com-443.proxy.example.net", ("www.example.com",), id="a port behind"),
        pytest.param("https-www-example-com.proxy.example.net", ("www.example.com",), id="a scheme before"),
        pytest.param("www_example_com.proxy.example.net", ("www.example.com",), id="underscores"),
        pytest.param("example-dot-com.proxy.example.net", ("example.com",), id="the word dot"),
        pytest.param("www.example.com.ezproxy.example.edu", ("www.example.com",), id="whole labels"),
        pytest.param(
            "m.example.tv.proxy.example.net", ("m.example.tv",), id="whole labels, a site's usual first"
        ),
        pytest.param("a.example.tv.proxy.example.net", (), id="whole labels that may be words"),
        pytest.param("www.example.com.cn", (), id="a suffix of two labels"),
        pytest.param("www.example.com", (), id="an ordinary name"),
        pytest.param("www.en.example.com", (), id="a language"),
        pytest.param("my-school-de.example.com", (), id="a word that is a country"),
        pytest.param("r3---sn-abc.example.com", (), id="a server's number"),
        pytest.param("period2-portfolio.example.io", (), id="words"),
        pytest.param("xn--bcher-kva.example.com", (), id="punycode"),
        pytest.param("ec2-192-0-2-1.compute.example.com", (), id="an address"),
    ],
)
def test_a_folding_host_stands_for_others(host, expected):
    assert unfolded(host) == expected


@pytest.mark.parametrize(
    ("host", "name", "expected"),
    [
        ("www-example-com.proxy.net", "www.example.com", True),
        ("example-com.proxy.net", "example.com", False),
        ("https-example-com.proxy.net", "example.com", True),
        ("example-com-443.proxy.net", "example.com", True),
        ("example.com.proxy.net", "example.com", False),
    ],
)
def test_a_site_by_its_registered_name_alone_is_not_certain(host, name, expected):
    assert is_certain(host, name) is expected


@given(st.text("abcom-.w0", max_size=120))
def test_any_host_is_unfolded_within_bounds(host):
    assert len(unfolded(host)) <= MAX_UNFOLDED
