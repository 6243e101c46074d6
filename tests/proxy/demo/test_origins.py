import asyncio
import os
import re
import signal
import ssl
import sys

import httpx
import pytest

from proxy.demo.origins import Place, ca_file_in, start_origins


def with_origins(tmp_path, story):
    async def run():
        origins = await start_origins(Place(tmp_path, "127.0.0.1", 0, 0))
        try:
            return await story(origins)
        finally:
            origins.close()

    return asyncio.run(run())


def client(origins):
    return httpx.AsyncClient(
        verify=ssl.create_default_context(cafile=origins.ca_file), trust_env=False, timeout=60
    )


def test_a_site_answers_over_http_and_keeps_the_connection(tmp_path):
    async def story(origins):
        async with client(origins) as browser:
            url = f"http://127.0.0.1:{origins.http}"
            first = await browser.get(f"{url}/one", headers={"Host": "learn.demo.test"})
            second = await browser.post(
                f"{url}/headers", headers={"Host": "LAB.demo.test:80"}, content=b"abc"
            )
            return first, second

    first, second = with_origins(tmp_path, story)
    assert first.status_code == 200
    assert "page <code>/one</code>, reached over <code>http</code>" in first.text
    assert second.json()["host"] == "lab.demo.test"
    assert second.json()["body_bytes"] == 3


def test_each_site_has_a_certificate_of_the_demo_authority_for_its_name(tmp_path):
    async def story(origins):
        async with client(origins) as browser:
            return [
                await browser.get(
                    f"https://127.0.0.1:{origins.https}/",
                    headers={"Host": host},
                    extensions={"sni_hostname": host},
                )
                for host in ("games.demo.test", "news.demo.test")
            ]

    answers = with_origins(tmp_path, story)
    assert [a.status_code for a in answers] == [200, 200]
    assert "reached over <code>https</code>" in answers[0].text


def test_a_client_that_does_not_trust_the_demo_authority_refuses_the_site(tmp_path):
    async def story(origins):
        with pytest.raises(ssl.SSLCertVerificationError):
            await asyncio.open_connection(
                "127.0.0.1",
                origins.https,
                ssl=ssl.create_default_context(),
                server_hostname="learn.demo.test",
            )

    with_origins(tmp_path, story)


def test_a_large_file_comes_whole(tmp_path):
    async def story(origins):
        async with client(origins) as browser:
            url = f"http://127.0.0.1:{origins.http}/big?mb=5"
            return await browser.get(url, headers={"Host": "learn.demo.test"})

    assert len(with_origins(tmp_path, story).content) == 5 * 1024 * 1024


@pytest.mark.parametrize(
    "sent",
    [b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET /" + b"a" * 100_000],
    ids=["no request", "no host", "TLS to the clear port", "endless head"],
)
def test_garbage_ends_its_connection_and_no_other(tmp_path, sent):
    async def story(origins):
        reader, writer = await asyncio.open_connection("127.0.0.1", origins.http)
        writer.write(sent)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 60)
        writer.close()
        async with client(origins) as browser:
            return await browser.get(f"http://127.0.0.1:{origins.http}/", headers={"Host": "learn.demo.test"})

    assert with_origins(tmp_path, story).status_code == 200


def test_as_a_process_it_says_where_it_listens_and_ends_on_sigterm(tmp_path):
    async def story():
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "proxy.demo", "--state", str(tmp_path), "--address", "127.0.0.1",
            "--http", "0", "--https", "0", stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        line = (await asyncio.wait_for(process.stderr.readline(), 60)).decode()
        port = int(re.search(r"ports (\d+) and", line).group(1))
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\nHost: learn.demo.test\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 200 \r\n"
        os.kill(process.pid, signal.SIGTERM)
        status = await asyncio.wait_for(process.wait(), 60)
        writer.close()
        return status

    assert asyncio.run(story()) == 0
    assert ca_file_in(tmp_path).exists()


def test_a_taken_port_is_said_in_one_line(tmp_path):
    async def story(origins):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "proxy.demo", "--state", str(tmp_path), "--address", "127.0.0.1",
            "--http", str(origins.http), "--https", "0", stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await asyncio.wait_for(process.communicate(), 60)
        return process.returncode, said.decode()

    status, said = with_origins(tmp_path, story)
    assert status == 3
    assert said.startswith("demo sites: ")
    assert "address already in use" in said
    assert "Traceback" not in said
