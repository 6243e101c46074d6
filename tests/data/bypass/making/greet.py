"""What do real programs send first? Each is sent to loopback, and its first octets are written as JSON.

    python greet.py greetings.json

Programs that are not installed are left out, and said. Nothing leaves the machine.
"""

import contextlib
import json
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

NAMES = [
    ("classroom.google.com", "h2"),
    ("canvas.example.edu", "h2"),
    ("www.khanacademy.org", "h2"),
    ("cdn.jsdelivr.net", "h2"),
    ("fonts.gstatic.com", "h2"),
    ("www.britannica.com", "http/1.1"),
    ("noaa.gov", "http/1.1"),
    ("github.com", "h2"),
    ("phet.colorado.edu", "h2"),
    ("scratch.mit.edu", "h2"),
    ("login.microsoftonline.com", "h2"),
    ("meet.google.com", "h2"),
    ("ezproxy.library.example.edu", "http/1.1"),
    ("gateway.icloud.com", "h2"),
    ("dns.nextdns.io", "h2"),
    ("doh.opendns.com", "h2"),
    ("dns.adguard-dns.com", "h2"),
    ("one.one.one.one", "h2"),
    ("doh.mullvad.net", "h2"),
    ("doh.cleanbrowsing.org", "h2"),
    ("www.friv.com", "h2"),
    ("web.snapchat.com", "h2"),
    ("store.epicgames.com", "http/1.1"),
    ("api.protonvpn.ch", "h2"),
    ("nordvpn.com", "h2"),
    ("www.tunnelbear.com", "h2"),
    ("api.mullvad.net", "h2"),
    ("controlplane.tailscale.com", "http/1.1"),
    ("relay.example.net", "dot"),
    ("resolver.example.org", "doq"),
    ("turn.example.net", "stun.turn"),
    ("www.example.com", ""),
    ("mail.oak-valley.example", ""),
    ("abc123.trycloudflare.com", "h2"),
    ("cloudflare-ech.com", "h2"),
    ("www.bbc.co.uk", "h2"),
    ("", "http/1.1"),
    ("", ""),
]


def listener():
    """A listener that keeps what comes first, and hangs up a moment later."""
    server = socket.create_server(("127.0.0.1", 0))
    kept = []

    def serve():
        while True:
            try:
                link, _ = server.accept()
            except OSError:
                return
            with link, contextlib.suppress(OSError):
                link.settimeout(0.5)
                octets = b""
                with contextlib.suppress(TimeoutError):
                    while len(octets) < 2000 and (more := link.recv(4096)):
                        octets += more
                        if octets[:1] == b"\x16" and len(octets) >= 5 + int.from_bytes(octets[3:5]):
                            break
                if octets:
                    kept.append(octets)

    threading.Thread(target=serve, daemon=True).start()
    return server, kept


def curl(port, name, alpn):
    host = name or "127.0.0.1"
    options = ["--http1.1"] if alpn == "http/1.1" else [] if alpn else ["--no-alpn"]
    return [
        "curl",
        "-sk",
        "-m",
        "2",
        *options,
        "--connect-to",
        f"{host}:443:127.0.0.1:{port}",
        f"https://{host}/",
    ]


def openssl(port, name, alpn):
    told = ["-servername", name] if name else ["-noservername"]
    offered = ["-alpn", "h2,http/1.1" if alpn == "h2" else alpn] if alpn else []
    return ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", *told, *offered]


def node(port, name, alpn):
    protocols = ["h2", "http/1.1"] if alpn == "h2" else [alpn] if alpn else []
    options = {"port": port, "host": "127.0.0.1", "rejectUnauthorized": False, "ALPNProtocols": protocols}
    if name:
        options["servername"] = name
    return ["node", "-e", f"require('tls').connect({json.dumps(options)}).on('error',()=>process.exit())"]


def python(port, name, alpn):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if alpn:
        context.set_alpn_protocols(["h2", "http/1.1"] if alpn == "h2" else [alpn])
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 2) as link:
        link.settimeout(2)
        context.wrap_socket(link, server_hostname=name or None)


def chromium(port, name, folder):
    return [
        "chromium",
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-quic",
        f"--user-data-dir={folder}",
        f"--host-resolver-rules=MAP * 127.0.0.1:{port}",
        "--timeout=1500",
        "--dump-dom",
        f"https://{name}/",
    ]


def version(*command):
    """The first line that a program says about itself."""
    ran = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return (ran.stdout + ran.stderr).splitlines()[0][:60]


def run(command, seconds=3.0):
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)


def main():
    tools = {
        "curl": (curl, version("curl", "--version")),
        "openssl": (openssl, version("openssl", "version")),
        "node": (node, "node " + version("node", "--version")),
    }
    rows = []
    for at, (name, alpn) in enumerate(NAMES):
        chosen = ["openssl"] if alpn in ("dot", "doq", "stun.turn") else ["curl", "openssl", "node", "python"]
        for tool in (chosen[at % len(chosen)], chosen[(at + 1) % len(chosen)]):
            server, kept = listener()
            port = server.getsockname()[1]
            if tool == "python":
                python(port, name, alpn)
                said = f"python ssl, {ssl.OPENSSL_VERSION}"
            else:
                make, said = tools[tool]
                run(make(port, name, alpn))
            server.close()
            if kept:
                rows.append({"tool": said, "sni": name, "alpn": alpn, "hex": kept[0].hex()})
    if shutil.which("chromium"):
        said = version("chromium", "--version")
        for name in ("classroom.google.com", "www.friv.com", "dns.nextdns.io", "sites.example.edu"):
            server, kept = listener()
            with tempfile.TemporaryDirectory() as folder:
                run(chromium(server.getsockname()[1], name, folder), 12)
            server.close()
            found = [octets for octets in kept if name.encode() in octets]
            if found:
                rows.append({"tool": said, "sni": name, "alpn": "h2", "hex": found[0].hex()})
    server, kept = listener()
    port = str(server.getsockname()[1])
    run(
        [
            "ssh",
            "-F",
            "none",
            "-o",
            "BatchMode=yes",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-p",
            port,
            "127.0.0.1",
        ]
    )
    run(["curl", "-s", "-m", "2", "-x", f"http://127.0.0.1:{port}", "https://www.friv.com/"])
    run(["curl", "-s", "-m", "2", "-x", f"http://127.0.0.1:{port}", "http://www.friv.com/games"])
    run(["curl", "-s", "-m", "2", "-x", f"socks5h://127.0.0.1:{port}", "https://www.friv.com/"])
    run(["curl", "-s", "-m", "2", "-x", f"socks4a://127.0.0.1:{port}", "https://www.friv.com/"])
    run(["curl", "-s", "-m", "2", "-x", f"socks5://u:p@127.0.0.1:{port}", "https://www.friv.com/"])
    rows += [{"tool": "plain", "hex": octets.hex()} for octets in kept]
    with open(sys.argv[1], "w") as file:
        json.dump(rows, file, indent=1)
    print(len(rows), "greetings")


main()
