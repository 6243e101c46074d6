"""Which ways around are written by hand, from how their tools and services work?

Nothing here is a tool's code: worker scripts and pages are what an operator writes around a tool.
"""

# ruff: noqa: E501 (tables of what stands in one line in traffic)

from urllib.parse import quote

from dns import message as dns_message

from exchanges import FETCH, PAGE, SCRIPT, WORKER, Maker, answer, b64, xor

type Messages = list[tuple[str, bytes | str]]


def ways_around(make: Maker) -> None:
    """One filling of every template."""
    for part in (_coded, _workers, _pages, _php, _doh, _wrappers, _relays, _fronts, _spellings, _programs, _sockets,
                 _remote, _streams, _rest):  # fmt: skip
        part(make)


def _coded(make: Maker) -> None:
    host, inner = make.host(), make.inner()
    stop = "block_incident"
    prefix = make.dice.choice(["/a/", "/go/", "/notes/v2/", "/x/q/"])
    make.add(
        "webproxy.ultraviolet.url",
        stop,
        f"https://{host}{prefix}{xor(inner)}",
        inner_url=inner,
        source="xor codec",
    )
    key = make.dice.choice([3, 5, 7])
    make.add(
        "webproxy.coded_url",
        stop,
        f"https://{host}{prefix}{xor(inner, key)}",
        inner_url=inner,
        source="xor, other key",
    )
    make.add("webproxy.coded_url", stop, f"https://{host}{prefix}?q={b64(quote(inner, safe=''), True)}", inner_url=inner,
             source="base64 of the percent-coded address")  # fmt: skip
    make.add("webproxy.scramjet.url", stop, f"https://{host}/{make.dice.choice(['scramjet', 'sj', 'scram/jet'])}/{quote(inner, safe='')}",
             inner_url=inner, source="scramjet's default codec", response=answer(
                 f"<html><head><script>self.COOKIE={{}};</script><script src='/scram/scramjet.all.js'></script><script>"
                 f"$scramjetLoadClient().loadAndHook({{}})</script></head><body>{make.word()}</body></html>"))  # fmt: skip
    session = make.hex()
    make.add(
        "webproxy.rammerhead.url",
        stop,
        f"https://{host}/{session}/{inner}",
        inner_url=inner,
        source="rammerhead's form",
    )
    make.add("webproxy.rammerhead.url", stop, f"https://{host}/{make.hex()}/_rhs{make.text('abcdefghkmnpqrstuvwxyz019/:.', 24).replace('//', '/')}",
             source="rammerhead's shuffled form")  # fmt: skip
    make.add("webproxy.croxyproxy", stop, f"https://{host}/watch?v={make.hex(11)}&__cpo={b64(inner.rstrip('/'))}",
             inner_url=inner, source="croxyproxy's parameter")  # fmt: skip
    make.add("webproxy.alloy.page", stop, f"https://{host}/fetch/{b64('https://' + inner.split('/')[2])}/{make.word()}",
             inner_url=inner, source="alloy's form")  # fmt: skip
    make.add(
        "webproxy.womginx",
        stop,
        f"https://{host}/main/js_/{inner}app.js",
        dest=SCRIPT,
        inner_url=inner,
        source="womginx's flags",
    )


def _workers(make: Maker) -> None:
    host, stop = make.host(), "block_incident"
    name = make.dice.choice(["/sw.js", "/worker.js", "/math.sw.js", "/w/service.js"])
    kind = "application/javascript"
    scripts = {
        "webproxy.ultraviolet.script": f"importScripts('/{make.word()}/bundle.js','/{make.word()}/config.js',__uv$config.sw);\n"
        "const proxy=new UVServiceWorker();\nself.addEventListener('fetch',e=>e.respondWith(proxy.route(e)?proxy.fetch(e):fetch(e.request)));",
        "webproxy.scramjet.script": f"importScripts('/{make.word()}.js');\nconst {{ScramjetServiceWorker}}=$scramjetLoadWorker();\n"
        "const s=new ScramjetServiceWorker();\nself.onfetch=e=>e.respondWith((async()=>{await s.loadConfig();return s.route(e)?s.fetch(e):fetch(e.request)})());",
        "webproxy.dynamic.script": "importScripts('/d/config.js');importScripts('/d/worker.js');\nself.dynamic=new Dynamic();\n"
        "self.addEventListener('fetch',e=>{if(self.dynamic.route(e))e.respondWith(self.dynamic.fetch(e))});self.__dynamic$config;",
        "webproxy.meteor.script": "importScripts('/m/codecs.js','/m/config.js','/m/bundle.js','/m/worker.js');\n"
        "const m=new MeteorServiceWorker();addEventListener('fetch',e=>{if(m.shouldRoute(e))e.respondWith(m.handleFetch(e))});$meteor_config;",
    }
    for technique, text in scripts.items():
        make.add(
            technique,
            stop,
            f"https://{host}{name}",
            dest=WORKER,
            response=answer(text, kind),
            source="an operator's worker",
        )
    make.add("webproxy.ultraviolet.script", stop, f"https://{host}/{make.word()}/{make.hex(6)}.js", dest=SCRIPT, source="an operator's settings",
             response=answer(f"self.__uv$config={{prefix:'/{make.word()}/',encodeUrl:Ultraviolet.codec.xor.encode,decodeUrl:Ultraviolet.codec.xor.decode,"
                             f"handler:'/{make.hex(5)}.js',bundle:'/{make.hex(5)}.js',config:'/{make.hex(5)}.js',sw:'/{make.hex(5)}.js'}};", "text/javascript"))  # fmt: skip
    make.add("webproxy.transport", stop, f"https://{host}/{make.word()}.js", dest=SCRIPT, source="an operator's page script",
             response=answer(f"const c=new BareMux.BareMuxConnection('/{make.word()}/worker.js');\nawait c.setTransport('/{make.word()}/index.mjs',[{{wisp:"
                             f"(location.protocol==='https:'?'wss':'ws')+'://'+location.host+'/{make.word()}/'}}]);", "text/javascript"))  # fmt: skip


def _pages(make: Maker) -> None:
    host, stop = make.host(), "block_incident"
    pages = {
        "webproxy.front_page": f"<title>{make.word()}</title><form id='uv-form'><input id='uv-address' placeholder='Search the web freely'>"
        "<input type=hidden id='uv-search-engine' value='https://duckduckgo.com/?q=%s'></form><script src='/uv/uv.bundle.js'></script><script src='register-sw.js'></script>",
        "webproxy.cloak": "<h2>Tab cloak</h2><select id=cloak><option>Google Classroom<option>Google Drive<option>Canvas</select><p>Panic key</p>"
        "<button onclick=\"w=window.open('about:blank');f=w.document.createElement('iframe');f.style='position:fixed;inset:0;width:100%;height:100%;border:0';f.src='/go';w.document.body.append(f)\">about:blank</button>",
        "webproxy.glype.page": "<form action='includes/process.php?action=update' method=post><input name=u id=input size=40><input type=submit value=Go>"
        "<label><input type=checkbox name=encodeURL checked>Encrypt URL</label><label><input type=checkbox name=stripJS>Remove Scripts</label></form>",
        "webproxy.php_proxy.page": "<form method=post action='index.php'><input name=url type=text placeholder='http://'><button>Go</button></form><footer>Powered by <a href='//www.php-proxy.com/'>PHP-Proxy</a></footer>",
    }
    for technique, text in pages.items():
        expect = "block" if technique == "webproxy.cloak" else stop
        make.add(
            technique,
            expect,
            f"https://{host}/{make.dice.choice(['', 'home', 'index.html'])}",
            response=answer(text),
            source="a front page written by hand",
        )
    game = make.dice.choice(["Slope Run", "Pixel Shooter", "Cookie Mountain"])
    games = {
        "mirror.games": f"<title>{game} - Unblocked Games 77</title><h1>{game} Unblocked</h1><p>Play unblocked games at school</p><iframe src='/games/{make.word()}/index.html'></iframe>",
        "mirror.eaglercraft": "<title>Eaglercraft 1.8</title><script>window.eaglercraftXOpts={container:'game_frame',assetsURI:'assets.epk',servers:[]};main();</script>",
        "mirror.emulator": f"<title>{game}</title><script>EJS_player='#game';EJS_core='gba';EJS_gameUrl='roms/{make.hex(4)}.gba';EJS_pathtodata='data/';</script><script src='data/loader.js'></script>",
    }
    for technique, text in games.items():
        shared = make.dice.choice(
            [
                "class-site-41.github.io",
                "sunny-game-8.netlify.app",
                "arcade77.pages.dev",
                "my-proj-2f.web.app",
            ]
        )
        make.add(
            technique,
            "block",
            f"https://{shared}/{make.word()}/",
            response=answer(text),
            source="a mirror's page written by hand",
        )


def _php(make: Maker) -> None:
    host, inner, stop = make.host(), make.inner(), "block_incident"
    cut = inner.removeprefix("http")
    make.add(
        "webproxy.glype.query",
        stop,
        f"https://{host}/browse.php?u={quote(b64(cut), safe='')}&b={make.dice.choice([4, 13, 29])}",
        inner_url=inner,
    )
    make.add(
        "webproxy.glype.query",
        stop,
        f"https://{host}/{make.word()}.php?u={quote(b64(cut), safe='')}&b=12&f=norefer",
        inner_url=inner,
    )
    make.add(
        "webproxy.php_proxy.query",
        stop,
        f"https://{host}/index.php?q={quote(b64(inner), safe='')}&hl={make.dice.choice(['3ed', '2e1', '1e'])}",
        inner_url=inner,
    )
    make.add(
        "webproxy.php_proxy.query",
        stop,
        f"https://{host}/index.php?_proxurl={quote(b64(inner), safe='')}&_proxfl=3e1",
        inner_url=inner,
    )
    rest = inner.split("://")[1]
    make.add(
        "webproxy.cgi_proxy.url",
        stop,
        f"https://{host}/cgi-bin/nph-{make.dice.choice(['proxy.cgi', 'p.pl'])}/en/20/https/{rest}",
        inner_url=inner,
    )
    make.add("webproxy.unblocker.url", stop, f"https://{host}/{make.dice.choice(['proxy', 'notes', 'view/p'])}/{inner}", inner_url=inner,
             response=answer(f"<html><head><script src='/p/client/unblocker-client.js'></script><script>unblockerInit({{\"prefix\":\"/p/\",\"url\":\"{inner}\"}}, window);</script>"))  # fmt: skip


def _doh(make: Maker) -> None:
    inner = make.inner().split("/")[2]
    wire = dns_message.make_query(inner, make.dice.choice(["A", "AAAA", "HTTPS"]))
    wire.id = 0
    octets = wire.to_wire()
    public = make.dice.choice(
        [
            "dns.nextdns.io",
            "doh.opendns.com",
            "dns.adguard-dns.com",
            "freedns.controld.com",
            "doh.dns.sb",
            "dns0.eu",
        ]
    )
    own, stop = make.host(), "block_incident"
    kind = "application/dns-message"
    make.add(
        "dns.doh",
        stop,
        f"https://{public}/dns-query?dns={b64(octets, True)}",
        dest=FETCH,
        extra={"accept": kind},
        source="dnspython",
    )
    make.add(
        "dns.doh",
        stop,
        f"https://{own}/{make.word()}?dns={b64(octets, True)}",
        dest=FETCH,
        source="dnspython, a resolver of one's own",
    )
    make.add("dns.doh", stop, f"https://{own}/{make.word()}/q", method="POST", dest=FETCH, extra={"content-type": kind, "accept": kind},
             request_body="hex:" + octets.hex(), source="curl --doh-url's form")  # fmt: skip
    make.add("dns.doh", stop, f"https://{own}/api/{make.hex(4)}", method="POST", plain=True, source="dnspython, media type hidden",
             extra={"content-type": "application/octet-stream", "user-agent": "Go-http-client/2.0"}, request_body="hex:" + octets.hex(),
             response={"status": 200, "headers": {"content-type": kind}, "body_snippet": ""})  # fmt: skip
    make.add("dns.doh", stop, f"https://{make.dice.choice(['dns.google', 'dns.alidns.com'])}/resolve?name={inner}&type=A", dest=FETCH,
             extra={"accept": "application/dns-json"}, source="JSON form")  # fmt: skip
    make.add("dns.oblivious", "block", f"https://odoh.{own}/proxy?targethost=odoh.cloudflare-dns.com&targetpath=/dns-query", method="POST",
             dest=FETCH, extra={"content-type": "application/oblivious-dns-message"}, source="RFC 9230")  # fmt: skip


def _folded(host: str) -> str:
    return host.replace("-", "--").replace(".", "-")


def _wrappers(make: Maker) -> None:
    inner = make.inner()
    coded, host = quote(inner, safe=""), inner.split("/")[2]
    forms = {
        "wrapper.translate": [f"https://{_folded(host)}.translate.goog/?_x_tr_sl=auto&_x_tr_tl=es&_x_tr_pto=wapp",
                              f"https://www.translatetheweb.com/?from=&to=en&dl=en&a={coded}",
                              f"https://translate.yandex.com/translate?url={coded}&lang=en-es",
                              f"https://papago.naver.net/website?locale=en&source=en&target=ko&url={coded}"],
        "wrapper.archive": [f"https://web.archive.org/web/2024050{make.dice.randint(1, 9)}id_/{inner}", f"https://archive.ph/newest/{inner}",
                            f"https://arquivo.pt/wayback/20190101000000/{inner}", f"https://web.archive.org/web/2022/{coded}"],
        "wrapper.cache": [f"https://webcache.googleusercontent.com/search?q=cache:{host}"],
        "wrapper.amp": [f"https://{_folded(host)}.cdn.ampproject.org/c/s/{host}/", f"https://www.google.com/amp/s/{host}/"],
        "wrapper.reader": [f"https://12ft.io/{inner}", f"https://www.printfriendly.com/print?url={coded}"],
        "wrapper.viewer": [f"https://docs.google.com/viewer?url={coded}&embedded=true", f"https://view.officeapps.live.com/op/view.aspx?src={coded}"],
        "wrapper.checker": [f"https://validator.w3.org/nu/?doc={coded}&showsource=yes"],
        "wrapper.image": [f"https://wsrv.nl/?url={host}/logo.png&w=900", f"https://images.weserv.nl/?url={coded}"],
        "wrapper.annotation": [f"https://via.hypothes.is/{inner}"],
    }  # fmt: skip
    for technique, addresses in forms.items():
        make.add(
            technique,
            "block",
            make.dice.choice(addresses),
            inner_url=inner,
            source="service's form (public knowledge)",
        )


def _relays(make: Maker) -> None:
    inner = make.inner()
    coded = quote(inner, safe="")
    name = make.word()
    for technique, address in (
        ("relay.cors", make.dice.choice([f"https://api.allorigins.win/raw?url={coded}", f"https://corsproxy.io/?{coded}", f"https://api.codetabs.com/v1/proxy?quest={inner}"])),
        ("relay.cors", f"https://r.jina.ai/{inner}"),
        ("relay.serverless", f"https://{name}-{make.hex(4)}.workers.dev/{inner}"),
        ("relay.serverless", f"https://{name}-{make.hex(4)}.deno.dev/get?u={b64(inner, True)}"),
        ("relay.serverless", f"https://{name}-{make.hex(5)}.vercel.app/api/fetch?target={quote(coded, safe='')}"),
        ("relay.unknown", f"https://{make.host()}/load?page={inner.encode().hex()}"),
    ):  # fmt: skip
        make.add(technique, "block", address, dest=make.dice.choice([PAGE, FETCH]), inner_url=inner, source="service's form (public knowledge)",
                 response=answer(f"<!doctype html><html><head><title>{inner.split('/')[2]}</title></head><body>Games</body></html>"))  # fmt: skip


def _fronts(make: Maker) -> None:
    host = make.host()
    for technique, path, text in (
        (
            "frontend.video",
            f"/watch?v={make.hex(11)}",
            "<title>Lesson - Invidious</title><link rel=search title='Invidious' href='/opensearch.xml'><footer>Released under the AGPLv3 on <a href='https://github.com/iv-org/invidious'>GitHub</a>.</footer>",
        ),
        (
            "frontend.social",
            "/r/popular",
            "<title>r/popular - Redlib</title><meta name=application-name content=Redlib><a href='https://github.com/redlib-org/redlib'>code</a>",
        ),
        (
            "frontend.search",
            f"/search?q={make.word()}",
            "<meta name=generator content='searxng/2026.10.2'><title>SearXNG</title><form id=search action=/search></form>",
        ),
    ):
        make.add(
            technique,
            "block",
            f"https://{host}{path}",
            response=answer(text),
            source="generator marks (public knowledge)",
        )
    for address in (
        f"https://www.google.com/search?q={make.word()}&safe=off", f"https://www.bing.com/images/search?q={make.word()}&adlt=off",
        f"https://duckduckgo.com/?q={make.word()}&kp=-2", f"https://www.google.co.uk/search?q={make.word()}&safe=active&safe=images&safe=off",
    ):  # fmt: skip
        make.add("safesearch.param", "rewrite", address)


def _spellings(make: Maker) -> None:
    inner = make.inner().split("/")[2]
    number = make.dice.randint(0x2D000000, 0x2DFFFFFF)
    four = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    for technique, address in (
        ("host.ip_literal", f"http://{number}/"), ("host.ip_literal", f"https://0x{number:08x}/games"), ("host.ip_literal", f"https://{four}/{make.word()}"),
        ("host.ip_literal", f"https://[2606:4700:{make.hex(4)}::{make.hex(3)}]/"),
        ("host.wildcard_ip", f"https://{four.replace('.', '-')}.sslip.io/"), ("host.wildcard_ip", f"https://app.{four}.nip.io/"),
        ("policy.spelling", f"https://{inner.upper()}./"), ("policy.spelling", f"https://{inner.replace('e', '%65').replace('i', '%69')}/"),
        ("policy.spelling", f"https://www.loc.gov@{inner}/"),
        ("policy.spelling", "https://sites.google.com/%76iew/x/../arcade-corner/home"),
    ):  # fmt: skip
        make.add(technique, "block", address)
    make.add(
        "identity.header",
        "block_incident",
        f"https://{make.host()}/",
        extra={"x-forwarded-for": f"10.40.8.{make.dice.randint(2, 99)}"},
    )


def _programs(make: Maker) -> None:
    host, stop, text = make.host(), "block_incident", "block"
    make.add("vpn.sstp_http", stop, f"https://{host}/sra_{{BA195980-CD49-458b-9E23-C84EE0ADCD75}}/", method="SSTP_DUPLEX_POST", plain=True,
             extra={"content-length": "18446744073709551615", "sstpcorrelationid": "{" + make.hex() + "}"}, source="MS-SSTP 3.2.4.1")  # fmt: skip
    make.add("vpn.softether_http", stop, f"https://{host}/vpnsvc/connect.cgi", method="POST", plain=True,
             extra={"content-type": "application/octet-stream", "connection": "Keep-Alive"}, request_body="VPNCONNECT", source="protocol's form")  # fmt: skip
    make.add("vpn.anyconnect_http", stop, f"https://{host}/CSCOSSLC/tunnel", method="CONNECT", form="origin", plain=True,
             extra={"user-agent": "Open AnyConnect VPN Agent v9.12", "x-cstp-version": "1", "x-cstp-hostname": "laptop"}, source="openconnect's form")  # fmt: skip
    make.add("vpn.tailscale_http", stop, f"https://{host}/ts2021", method="POST", plain=True,
             extra={"upgrade": "tailscale-control-protocol", "connection": "upgrade", "user-agent": "Go-http-client/1.1"}, source="tailscale's form")  # fmt: skip
    make.add("vpn.profile", text, f"https://{host}/files/{make.word()}.ovpn", source="hand",
             response=answer(f"client\ndev tun\nproto udp\nremote 198.51.100.{make.dice.randint(2, 90)} 1194\nresolv-retry infinite\n<ca>\n", "application/x-openvpn-profile"))  # fmt: skip
    make.add("vpn.app_api", stop, make.dice.choice([
        "https://api.protonvpn.ch/vpn/v1/logicals", "https://api.nordvpn.com/v1/servers/recommendations", "https://www.tunnelbear.com/download",
        "https://api.windscribe.com/Session", "https://api.surfshark.com/v4/server/clusters", "https://mullvad.net/en/download/vpn"]), dest=FETCH, plain=True,
        extra={"user-agent": "okhttp/4.12.0"})  # fmt: skip
    make.add("tunnel.masque", stop, f"https://{host}/.well-known/masque/udp/198.51.100.{make.dice.randint(2, 90)}/443/", method="CONNECT", form="origin", plain=True,
             extra={"capsule-protocol": "?1", ":protocol": "connect-udp"}, source="RFC 9298")  # fmt: skip
    make.add("tunnel.grpc", stop, f"https://{host}/{make.dice.choice(['GunService', 'api.v1.Sync'])}/Tun", method="POST", plain=True,
             extra={"content-type": "application/grpc", "te": "trailers", "user-agent": "grpc-go/1.66.0"}, source="v2ray grpc transport's form")  # fmt: skip
    make.add("tor.snowflake", stop, f"https://{host}/client", method="POST", plain=True, extra={"content-type": "application/x-www-form-urlencoded"},
             request_body='1.0\n{"offer":"{\\"type\\":\\"offer\\",\\"sdp\\":\\"v=0\\\\r\\\\no=- 1 2 IN IP4 0.0.0.0\\\\r\\\\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\\"}","nat":"unknown","fingerprint":"2B280B23E1107BB62ABFC40DDCC8824814F80A72"}', source="snowflake broker's form")  # fmt: skip
    make.add("tor.meek", stop, f"https://{host}/", method="POST", plain=True, extra={"x-session-id": b64(make.dice.randbytes(32))[:43], "content-type": "application/octet-stream"},
             request_body="hex:" + make.dice.randbytes(60).hex(), source="meek-client's form")  # fmt: skip
    make.add("proxy.pac_outside", stop, f"https://{host}/{make.word()}.pac", plain=True, source="hand",
             response=answer("function FindProxyForURL(url, host) { return \"PROXY 203.0.113.9:8080; DIRECT\"; }", "application/x-ns-proxy-autoconfig"))  # fmt: skip
    inner = make.inner()
    make.add("proxy.foreign_connect", stop, f"https://{inner.split('/')[2]}:443", method="CONNECT", form="authority", plain=True,
             extra={"proxy-connection": "Keep-Alive", "user-agent": "curl/7.88.1"}, dst=f"203.0.113.{make.dice.randint(2, 90)}", port=3128, source="curl -x")  # fmt: skip
    make.add("proxy.foreign_http", stop, "http://www.example.org/" + make.word(), form="absolute", plain=True,
             extra={"proxy-connection": "Keep-Alive", "user-agent": "curl/7.88.1"}, dst=f"203.0.113.{make.dice.randint(2, 90)}", port=8080, source="curl -x")  # fmt: skip


def _sockets(make: Maker) -> None:
    host, stop, word = make.host(), "block_incident", make.word()
    inner = make.inner().split("/")[2]
    go = {"user-agent": "Go-http-client/1.1"}
    vless = b"\x00" + make.dice.randbytes(16) + b"\x00\x01\x01\xbb\x02" + bytes([len(inner)]) + inner.encode()
    make.socket(
        "tunnel.vless_ws",
        stop,
        f"wss://{host}/{word}",
        [("c2s", vless + b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")],
        plain=True,
        extra=go,
        source="VLESS header, version 0",
    )
    make.socket(
        "tunnel.vless_ws",
        stop,
        f"wss://{host}/{word}?ed=2048",
        [],
        plain=True,
        extra={**go, "sec-websocket-protocol": b64(vless + make.dice.randbytes(80), True)},
        source="VLESS early data",
    )
    make.socket(
        "tunnel.trojan_ws",
        stop,
        f"wss://{host}/ws/{word}",
        [
            (
                "c2s",
                make.hex(56).encode()
                + b"\r\n\x01\x03"
                + bytes([len(inner)])
                + inner.encode()
                + b"\x01\xbb\r\n",
            )
        ],
        plain=True,
        extra=go,
        source="Trojan header",
    )
    make.socket(
        "tunnel.program_ws",
        stop,
        f"wss://{host}/",
        [("c2s", b"SSH-chisel-v3-client\r\n")],
        plain=True,
        extra={**go, "sec-websocket-protocol": "chisel-v3"},
        source="chisel's form",
    )
    make.socket(
        "tunnel.nested_tls",
        stop,
        f"wss://{host}/{word}/live",
        [("c2s", bytes.fromhex("16030102000100 01fc0303".replace(" ", "")) + make.dice.randbytes(90))],
        source="a ClientHello in a message",
    )
    make.socket(
        "proxy.socks5",
        stop,
        f"wss://{host}/{word}",
        [
            ("c2s", b"\x05\x01\x00"),
            ("s2c", b"\x05\x00"),
            ("c2s", b"\x05\x01\x00\x03" + bytes([len(inner)]) + inner.encode() + b"\x01\xbb"),
        ],
        source="SOCKS5 in messages",
    )
    make.socket(
        "tunnel.ssh",
        stop,
        f"wss://{host}/{word}/tty",
        [("s2c", b"SSH-2.0-OpenSSH_9.6\r\n"), ("c2s", b"SSH-2.0-OpenSSH_9.2p1\r\n")],
        source="SSH in messages",
    )
    hello = b"\x01" + (1).to_bytes(4, "little") + b"\x01" + (443).to_bytes(2, "little") + inner.encode()
    make.socket(
        "webproxy.wisp",
        stop,
        f"wss://{host}/{word}/{make.hex(4)}/",
        [("s2c", b"\x03\0\0\0\0\x40\0\0\0"), ("c2s", hello)],
        source="wisp v1, window 64",
    )


def _remote(make: Maker) -> None:
    host, stop, word = make.host(), "block_incident", make.word()
    make.socket(
        "remote.vnc",
        stop,
        f"wss://{host}/websockify?token={make.hex(6)}",
        [("s2c", b"RFB 003.008\n"), ("c2s", b"RFB 003.008\n")],
        extra={"sec-websocket-protocol": "binary"},
        source="noVNC's form",
    )
    make.socket(
        "remote.desktop_ws",
        stop,
        f"wss://{host}/{word}/websocket-tunnel",
        [
            ("s2c", "0.,36." + "-".join(make.hex(n) for n in (8, 4, 4, 4, 12)) + ";"),
            ("c2s", "4.size,1.0,4.1024,3.768,2.96;"),
        ],
        extra={"sec-websocket-protocol": "guacamole"},
        source="guacamole's form",
    )
    make.add(
        "remote.rd_gateway_http",
        stop,
        f"https://{host}/remoteDesktopGateway/",
        method="RDG_OUT_DATA",
        plain=True,
        extra={"rdg-connection-id": "{" + make.hex() + "}", "user-agent": "MS-RDGateway/1.0"},
        source="MS-TSGU",
    )
    make.add(
        "remote.browser_web",
        stop,
        make.dice.choice(
            [
                "https://engine.hyperbeam.com/v0/vm",
                "https://www.browserling.com/browse/win10/chrome138/https%3A%2F%2Fwww.friv.com",
                "https://browser.lol/create",
            ]
        ),
        dest=FETCH,
    )


def _streams(make: Maker) -> None:
    host, stop = make.host(), "block_incident"
    inner = make.inner().split("/")[2].encode()
    for technique, first in (
        ("tunnel.ssh", b"SSH-2.0-" + make.dice.choice([b"Go", b"dropbear_2024.85", b"OpenSSH_9.2p1 Debian-2+deb12u3"]) + b"\r\n"),
        ("tunnel.trojan", make.hex(56).encode() + b"\r\n\x01\x03" + bytes([len(inner)]) + inner + b"\x01\xbb\r\n"),
        ("proxy.socks5", b"\x05\x02\x00\x02"), ("tunnel.unknown", b"\xf3\x8e" + make.dice.randbytes(120)),
        ("proxy.http", b"CONNECT " + inner + b":443 HTTP/1.1\r\nHost: " + inner + b":443\r\n\r\n"),
    ):  # fmt: skip
        make.add(
            technique,
            stop,
            f"https://{host}/",
            form="stream",
            plain=True,
            sni=host,
            stream_first_bytes_hex=first.hex(),
            source="protocol's first octets",
        )


def _rest(make: Maker) -> None:
    inner = make.inner().split("/")[2]
    make.add(
        "tls.fronting",
        "block_incident",
        f"https://{inner}/",
        sni="www.loc.gov",
        tls_cert_sans=["www.loc.gov", "*.loc.gov"],
        source="SNI and Host differ",
    )
    make.add("policy.listed", "block", make.inner() + make.word())


def ways_of_applications(make: Maker) -> None:
    """What looks like a way around and is none: sockets, workers and scripts of ordinary applications."""
    host, word = make.host(), make.word()
    sockets: list[tuple[str, Messages, dict[str, str]]] = [
        (f"wss://{word}-{make.hex(5)}.firebaseio.com/.ws?v=5&ns={word}", [("s2c", '{"t":"c","d":{"t":"h","d":{"ts":1763800000000,"v":"5","h":"s-usc1c-nss-201.firebaseio.com"}}}'), ("c2s", '{"t":"d","d":{"r":1,"a":"s","b":{"c":{"sdk.js.10-7-1":1}}}}')], {}),
        (f"wss://{host}/cable", [("s2c", '{"type":"welcome"}'), ("c2s", '{"command":"subscribe","identifier":"{\\"channel\\":\\"RoomChannel\\"}"}')], {"sec-websocket-protocol": "actioncable-v1-json"}),
        (f"wss://{host}/cometd/{make.dice.randint(1000000, 9999999)}/handshake", [("c2s", '[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["websocket"]}]')], {}),
        (f"wss://{host}/graphql", [("c2s", '{"type":"connection_init","payload":{}}'), ("s2c", '{"type":"connection_ack"}')], {"sec-websocket-protocol": "graphql-transport-ws"}),
        (f"wss://{host}/mqtt", [("c2s", b"\x10\x1a\x00\x04MQTT\x04\x02\x00\x3c\x00\x0emicrobit-" + make.hex(5).encode()), ("s2c", b"\x20\x02\x00\x00")], {"sec-websocket-protocol": "mqtt"}),
        (f"wss://{host}/{word}/multiplayer", [("c2s", b"\x08\x01\x12\x06" + word.encode()), ("s2c", make.dice.randbytes(24))], {}),
        (f"wss://{host}/terminal/{make.hex(8)}", [("c2s", '{"type":"resize","cols":120,"rows":30}'), ("s2c", "student@python:~$ ")], {}),
        (f"wss://{host}/signalr/connect?transport=webSockets&connectionToken={make.hex(24)}", [("s2c", '{"C":"d-1","S":1,"M":[]}')], {}),
        (f"wss://{host}/__vite_hmr", [("s2c", '{"type":"connected"}')], {"sec-websocket-protocol": "vite-hmr"}),
        (f"wss://{host}/stream/audio", [("c2s", '{"config":{"sampleRateHertz":16000,"languageCode":"es"}}'), ("c2s", b"\x00\x00\x01\x00\xff\xff\x02\x00" * 20)], {}),
    ]  # fmt: skip
    for url, messages, extra in sockets:
        make.socket(
            "benign.websocket",
            "allow",
            url,
            messages,
            extra={"origin": f"https://{host}", **extra},
            source="applications' own protocols",
        )
    for script in (
        "importScripts('https://storage.googleapis.com/workbox-cdn/releases/7.0.0/workbox-sw.js');workbox.precaching.precacheAndRoute([]);",
        "const CACHE='v3';self.addEventListener('fetch',e=>e.respondWith(caches.match(e.request).then(r=>r||fetch(e.request))));",
        "importScripts('https://www.gstatic.com/firebasejs/10.7.1/firebase-messaging-compat.js');firebase.initializeApp({projectId:'class'});",
        f"self.addEventListener('push',e=>self.registration.showNotification('{word}'));",
    ):
        make.add(
            "benign.worker",
            "allow",
            f"https://{host}/{make.dice.choice(['sw.js', 'service-worker.js', 'firebase-messaging-sw.js'])}",
            dest=WORKER,
            response=answer(script, "application/javascript"),
            source="a page's own worker",
        )
    pages = {
        f"<title>Proxy servers: a lesson</title><p>A proxy, such as <code>unblocker</code> or Ultraviolet, stands between a computer and a site. Draw one.</p><p>{word}</p>": "benign.lesson",
        "<title>Unity WebGL Player | Pendulum Lab</title><canvas id='unity-canvas'></canvas><script src='Build/UnityLoader.js'></script><p>Physics department</p>": "benign.simulation",
        f"<title>{word}</title><object type='application/x-shockwave-flash' data='cell.swf'></object><script src='ruffle/ruffle.js'></script><p>Cell biology animation</p>": "benign.simulation",
        f"<title>Feed</title><script>fetch('/api/proxy?url='+encodeURIComponent('https://api.weather.gov/points/{make.dice.randint(30, 45)}'))</script>": "benign.lesson",
        "<title>Print</title><script>var w=window.open('about:blank');w.document.write(document.querySelector('#worksheet').innerHTML);w.print();</script>": "benign.print",
        "<title>School code of conduct</title><p>Students may not use VPNs, proxies, unblocked games or Eaglercraft on school devices.</p>": "benign.policy",
        "<title>Search</title><form action='/search'><input name=q placeholder='Search or type a web address'><button>Go</button></form>": "benign.search_page",
    }  # fmt: skip
    for text, kind in pages.items():
        make.add(
            kind,
            "allow",
            f"https://{make.host()}/{word}/{make.hex(4)}",
            response=answer(text),
            source="a page written by hand",
        )
    for name in (
        "transport-worker.js",
        "worker.js",
        "bundle.js",
        "index.mjs",
        "hammer.min.js",
        "client.js",
        "config.js",
        "proxy.js",
        "dynamic.js",
        "meteor.js",
    ):
        text = make.dice.choice(
            [
                "const { parentPort } = require('worker_threads');parentPort.on('message', (m) => parentPort.postMessage(m));",
                "export const codec = { encode: (s) => btoa(s), decode: (s) => atob(s) };",
                "window.dynamic={load:(u)=>import(u),route:(p)=>document.getElementById(p)};",
                "new Proxy({},{get:(t,k)=>k in t?t[k]:Reflect.get(t,k)});if('serviceWorker' in navigator)navigator.serviceWorker.register('/sw.js');",
            ]
        )
        make.add(
            "benign.script",
            "allow",
            f"https://{make.host()}/{make.dice.choice(['', 'js/', 'static/'])}{name}",
            dest=SCRIPT,
            response=answer(text, "text/javascript"),
            source="ordinary scripts with names that tools' files have too",
        )
    make.add(
        "benign.coalesced",
        "allow",
        "https://fonts.googleapis.com/css2?family=Inter",
        sni="fonts.gstatic.com",
        tls_cert_sans=["*.gstatic.com", "*.googleapis.com"],
    )
    make.add(
        "benign.library",
        "allow",
        f"https://ocsp.example.net/{make.hex(4)}",
        method="POST",
        plain=True,
        extra={"content-type": "application/ocsp-request"},
        request_body="hex:" + make.dice.randbytes(70).hex(),
    )
    make.add(
        "benign.telemetry",
        "allow",
        f"https://{host}/collect",
        method="POST",
        dest=FETCH,
        extra={"content-type": "application/x-protobuf"},
        request_body="hex:" + make.dice.randbytes(90).hex(),
    )
    make.add(
        "benign.staff_vpn",
        "allow",
        "https://vpn.oak-valley.example/CSCOSSLC/tunnel",
        method="CONNECT",
        role="staff",
        plain=True,
        extra={"user-agent": "AnyConnect Linux_64 5.0"},
    )
    make.add(
        "benign.api",
        "allow",
        f"https://{host}/grpc.health.v1.Health/Check",
        method="POST",
        plain=True,
        extra={"content-type": "application/grpc-web+proto", "x-grpc-web": "1"},
    )
    make.add(
        "benign.forwarded",
        "allow",
        f"https://{host}/",
        extra={"x-forwarded-for": "10.40.33.7", "via": "1.1 classroom-cache"},
    )
