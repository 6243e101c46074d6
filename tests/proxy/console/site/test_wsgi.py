"""What the web server calls."""

import io

import pytest

from proxy.console.site.wsgi import application


@pytest.mark.django_db(transaction=True)
def test_a_request_goes_through_the_proxies_word_to_django():
    told = []
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/healthz",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "9380",
        "HTTP_HOST": "127.0.0.1:9380",
        "REMOTE_ADDR": "192.0.2.7",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    body = b"".join(application()(environ, lambda status, headers: told.append(status)))
    assert (told, body) == (["200 OK"], b"ok\n")
