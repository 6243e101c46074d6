import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.bypass.exchange.bodies import OVERLAP, PIECE, Reading, known_body, marks_in
from proxy.bypass.observed import MAX_BODY, MAX_LONG, MAX_WORKER
from tests.fakes.exchanges import answered, shipped, techniques, told

SCRIPT, PAGE, JSON = "text/javascript", "text/html; charset=utf-8", "application/json"
WORKER = {"service-worker": "script"}
STRIPPED = (
    'const drop=["cross-origin-embedder-policy","cross-origin-opener-policy","content-security-policy",'
    '"expect-ct","x-download-options","x-frame-options","x-permitted-cross-domain-policies"];'
)
ROUTED = (
    "importScripts('/a.js');const m=new M();"
    "self.addEventListener('fetch',e=>{if(m.route(e))e.respondWith(m.fetch(e))})"
)
GAMES = "https://class-fun.github.io/"


@pytest.mark.parametrize(
    ("url", "type_", "body", "asked_with", "expected"),
    [
        pytest.param(
            "https://a.example.org/m/c.js",
            SCRIPT,
            "self.__uv$config={prefix:'/m/'}",
            {},
            "webproxy.ultraviolet.script",
            id="uv",
        ),
        pytest.param(
            "https://a.example.org/m.js",
            SCRIPT,
            r"self['\x5f\x5f\x75\x76\x24\x63\x6f\x6e\x66\x69\x67\x5f']={}",
            {},
            "webproxy.ultraviolet.script",
            id="uv, escaped",
        ),
        pytest.param(
            "https://a.example.org/m/s.js",
            SCRIPT,
            "const {ScramjetController:C}=$scramjetLoadController()",
            {},
            "webproxy.scramjet.script",
            id="scramjet",
        ),
        pytest.param(
            "https://a.example.org/w.js",
            SCRIPT + "; charset=utf-16le",
            "importScripts('uv.bundle.js')".encode("utf-16-le"),
            WORKER,
            "webproxy.ultraviolet.script",
            id="in UTF-16",
        ),
        pytest.param(
            "https://a.example.org/w.js",
            SCRIPT,
            "/*" + "a" * 150_000 + "*/importScripts('uv.bundle.js')",
            WORKER,
            "webproxy.ultraviolet.script",
            id="a worker behind a long comment",
        ),
        pytest.param(
            "https://a.example.org/c.js",
            SCRIPT,
            "self.k={prefix:'/m/',encodeUrl:M.c.x.e,decodeUrl:M.c.x.d,handler:'/m.h.js',sw:'/m.sw.js'}",
            {},
            "webproxy.ultraviolet.script",
            id="uv's settings, renamed",
        ),
        pytest.param(
            "https://a.example.org/s.js",
            SCRIPT,
            "importScripts('b.js');const w=new M();self.addEventListener('fetch',e=>e.respondWith("
            "(async()=>w.route(e)?await w.fetch(e):await fetch(e.request))()))",
            {},
            "webproxy.worker",
            id="uv's worker, renamed",
        ),
        pytest.param(
            "https://a.example.org/w.js",
            SCRIPT,
            ROUTED,
            WORKER,
            "webproxy.worker",
            id="a worker that routes, renamed",
        ),
        pytest.param(
            "https://a.example.org/w.js",
            SCRIPT,
            STRIPPED,
            WORKER,
            "webproxy.worker",
            id="a worker that strips, renamed",
        ),
        pytest.param(
            "https://a.example.org/w.js",
            SCRIPT,
            'new BroadcastChannel("bare-mux").postMessage(1)',
            {},
            "webproxy.transport",
            id="bare-mux",
        ),
        pytest.param(
            "https://a.example.org/k/1f.js",
            SCRIPT,
            "class BareCompatibleWebSocket extends EventTarget{};export{BareCompatibleClient}",
            {},
            "webproxy.transport",
            id="proxy-transports, renamed",
        ),
        pytest.param(
            "https://a.example.org/index.php?q=pKbZ",
            PAGE,
            '<div id="top_form"><form><input name="url"><input type="hidden" name="form" value="1"></form>',
            {},
            "webproxy.php_proxy.page",
            id="PHP-Proxy",
        ),
        pytest.param(
            "https://a.example.org/a/x",
            PAGE,
            '<title>A cat</title><meta name="generator" content="rimgo v1.3">',
            {},
            "frontend.other",
            id="rimgo",
        ),
        pytest.param(
            "https://a.example.org/web?s=x",
            PAGE,
            '<title>x - 4get web search</title><link rel="search" title="4get" href="/opensearch">',
            {},
            "frontend.search",
            id="4get",
        ),
        pytest.param(
            "https://a.example.org/streams/x",
            JSON,
            '{"title":"x","uploaderUrl":"/c","proxyUrl":"https://b.example.org","videoStreams":[]}',
            {},
            "frontend.video",
            id="Piped, in short",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            "<title>Kasm Workspaces</title>",
            {},
            "remote.browser_web",
            id="Kasm",
        ),
        pytest.param(
            "https://a.example.org/x.wasm",
            "application/wasm",
            b"\0asm\1\0\0\0epoxyclient_fetch\0epoxyclient_new",
            {},
            "webproxy.transport",
            id="epoxy",
        ),
        pytest.param(
            "https://a.example.org/",
            JSON,
            '{"versions":["v1"],"language":"NodeJS","memoryUsage":20,"project":{}}',
            {},
            "webproxy.bare",
            id="bare server",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            '<head><script>unblockerInit({"prefix":"/p/"},window)',
            {},
            "webproxy.unblocker.page",
            id="node-unblocker",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            '<form action="/includes/process.php?action=update">Powered by Glype',
            {},
            "webproxy.glype.page",
            id="Glype",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            '<title>Maths</title><input id="uv-address"><div>Panic Key</div><script src="/x/uv.bundle.js">',
            {},
            "webproxy.front_page",
            id="front page",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            '<title>cats - SearXNG</title><meta name="generator" content="searxng/2024">',
            {},
            "frontend.search",
            id="SearXNG",
        ),
        pytest.param(
            "https://a.example.org/api",
            JSON,
            '{"title":"x","uploaderUrl":"/c","relatedStreams":[]}',
            {},
            "frontend.video",
            id="Piped",
        ),
        pytest.param(
            GAMES, PAGE, "<title>Unblocked Games 77 - Free</title>", {}, "mirror.games", id="games by title"
        ),
        pytest.param(
            GAMES,
            PAGE,
            "<title>Retro Bowl</title><canvas id=game-canvas></canvas><script>createUnityInstance()",
            {},
            "mirror.games",
            id="a game",
        ),
        pytest.param(
            GAMES,
            PAGE,
            "<script>EJS_player='#g';EJS_gameUrl='a.gba'</script>",
            {},
            "mirror.emulator",
            id="emulator",
        ),
        pytest.param(
            GAMES,
            PAGE,
            "<title>Eaglercraft</title><script>window.eaglercraftXOpts={}</script>",
            {},
            "mirror.eaglercraft",
            id="eaglercraft",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            '<title>noVNC</title><div id="noVNC_container">',
            {},
            "remote.desktop_web",
            id="noVNC",
        ),
        pytest.param(
            "https://a.example.org/sub",
            "text/plain",
            "vless://1234567890abcdef1234@h:443#x",
            {},
            "vpn.profile",
            id="subscription",
        ),
    ],
)
def test_bodies_that_show_what_they_are(url, type_, body, asked_with, expected):
    assert expected in techniques(known_body, answered(url, type_, body, asked_with=asked_with))


@pytest.mark.parametrize(
    ("url", "type_", "body", "asked_with"),
    [
        pytest.param(
            "https://a.example.org/",
            PAGE,
            "<title>Ultraviolet light</title><p>A scramjet breathes air.",
            {},
            id="physics",
        ),
        pytest.param(
            "https://calendar.example.org/sw.js",
            SCRIPT,
            'self.addEventListener("install",e=>self.skipWaiting())',
            WORKER,
            id="worker",
        ),
        pytest.param(
            "https://a.example.org/sw.js",
            SCRIPT,
            "importScripts('workbox.js');router.route(e);x.fetch(e)",
            WORKER,
            id="Workbox",
        ),
        pytest.param(
            "https://docs.example.org/csp", PAGE, f"<pre>{STRIPPED}</pre>", {}, id="a lesson about headers"
        ),
        pytest.param(
            "https://phet.colorado.edu/sims/x.html",
            PAGE,
            "<title>Projectile Motion</title><canvas>",
            {},
            id="PhET",
        ),
        pytest.param(
            "https://period2.github.io/",
            PAGE,
            "<title>My Unity portfolio</title><script>createUnityInstance()",
            {},
            id="a class's Unity",
        ),
        pytest.param(
            "https://kid.github.io/",
            PAGE,
            "<title>Snake in p5</title><script src=p5.min.js></script><canvas>",
            {},
            id="a class's p5",
        ),
        pytest.param(
            "https://sites.google.com/view/room12/home",
            PAGE,
            "<title>Room 12 Science</title>games for maths day",
            {},
            id="a class site",
        ),
        pytest.param(
            "https://chess.github.io/",
            PAGE,
            "<title>Chess club</title><iframe src='https://a.example'>",
            {},
            id="a club",
        ),
        pytest.param(
            "https://news.example.org/a",
            PAGE,
            '<title>Are unblocked games safe?</title><meta property="og:type" content="article">',
            {},
            id="an article",
        ),
        pytest.param(
            "https://www.example.org/vpn",
            PAGE,
            "<title>The best web proxy and VPN</title>unblock websites",
            {},
            id="a review",
        ),
        pytest.param(
            "https://kid.github.io/",
            PAGE,
            "<title>2048 tutorial</title><canvas><iframe>my project",
            {},
            id="a tutorial",
        ),
        pytest.param(
            "https://a.example.org/q",
            JSON,
            '{"versions":["v1"],"language":"en"}',
            {},
            id="another's versions",
        ),
        pytest.param("https://a.example.org/i.png", "image/png", b"\x89PNG __uv$config", {}, id="a picture"),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            "<title>What are Kasm Workspaces?</title><h1>Kasm Workspaces</h1>",
            {},
            id="about Kasm",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            '<div class="top_form"><form><input name="form" value="1"><input name="url">',
            {},
            id="a form at the top",
        ),
        pytest.param(
            "https://a.example.org/",
            PAGE,
            "<title>4get or 2give - web search skills</title>",
            {},
            id="a title that begins like an engine's",
        ),
    ],
)
def test_bodies_of_schools_are_nothing(url, type_, body, asked_with):
    assert techniques(known_body, answered(url, type_, body, asked_with=asked_with)) == []


def test_evidence_names_the_marks_and_not_the_body():
    body = "<title>x</title>my secret <input id='q'> $scramjetLoadWorker"
    assert told(known_body, answered("https://a.example.org/", PAGE, body)) == {
        "body": "page",
        "marks": "$scramjetLoadWorker",
    }


@given(st.binary(max_size=500), st.sampled_from([SCRIPT, PAGE, JSON, "text/plain", "application/wasm", ""]))
def test_no_body_makes_it_raise(body, type_):
    list(known_body(answered("https://a.github.io/", type_, body), shipped()))


@pytest.mark.parametrize(
    ("url", "body"),
    [
        pytest.param(
            "https://kidsmath.example.org/",
            "<title>Play free math games online for school</title><div id='game-area'></div>"
            "<div class='game-grid'><div class='game-card' data-game='add'>",
            id="games about maths",
        ),
        pytest.param(
            GAMES,
            "<title>Cookie Clicker by Mia (period 3)</title><canvas id='game'></canvas>",
            id="a student's own",
        ),
        pytest.param(
            GAMES,
            "<title>Slope calculator</title><h1>Slope</h1><canvas id='game'></canvas>",
            id="a line's slope",
        ),
    ],
)
def test_a_class_of_its_own_is_no_mirror(url, body):
    assert techniques(known_body, answered(url, PAGE, body)) == []


MARK = "self.__uv$config={prefix:'/m/'}"
UV = "webproxy.ultraviolet.script"


def padded(size: int, text: str) -> str:
    return "/*" + " " * (size - 4) + "*/" + text


@pytest.mark.parametrize(
    ("type_", "body", "expected"),
    [
        pytest.param(SCRIPT, padded(MAX_BODY, MARK), [UV], id="behind the first piece"),
        pytest.param(SCRIPT, padded(MAX_BODY - 9, MARK), [UV], id="across its end"),
        pytest.param(SCRIPT, padded(MAX_BODY + PIECE - 12, MARK), [UV], id="across the end of the next"),
        pytest.param(SCRIPT, padded(MAX_LONG - 50, MARK), [UV], id="just within the bound"),
        pytest.param(SCRIPT, padded(MAX_LONG, MARK), [], id="beyond the bound"),
        pytest.param(PAGE, f"<p>{padded(MAX_BODY, MARK)}", [UV], id="a page"),
        pytest.param("application/wasm", b"\0asm" + bytes(MAX_BODY) + b"$scramjet rewrite_js rewrite_html",
                     ["webproxy.scramjet.script"], id="WebAssembly"),
        pytest.param(JSON, padded(MAX_BODY, MARK), [], id="data is not looked into as far"),
        pytest.param(SCRIPT, padded(MAX_BODY - 9, MARK.replace("v", "\\u0076")), [UV], id="escapes, across"),
        pytest.param(
            SCRIPT, padded(MAX_BODY - 9, MARK.replace("v", "\\u{000000000076}")), [UV], id="longer ones"
        ),
    ],
)  # fmt: skip
def test_long_bodies_are_looked_at_piece_by_piece(type_, body, expected):
    found = techniques(known_body, answered("https://a.example.org/m.js", type_, body))
    assert [technique for technique in found if technique.startswith("webproxy.")] == expected


def test_marks_count_together_wherever_they_stand():
    marks = ["overrideDescriptor", "createHtmlInject", "createJsInject", "rewriteSrcset", "wrapSrcset",
             "messageOrigin", "sourceUrl(", "recastCookies", "getOuterHTML"]  # fmt: skip
    apart = "".join(padded(MAX_BODY, mark) for mark in marks)
    assert techniques(known_body, answered("https://a.example.org/m.js", SCRIPT, apart)) == [UV]
    few = padded(MAX_BODY, marks[0]) * 9
    assert techniques(known_body, answered("https://a.example.org/m.js", SCRIPT, few)) == []


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("size", [1, 999, PIECE])
def test_a_body_in_two_octets_a_letter_is_read_in_any_pieces(code, size):
    body = padded(3_000, MARK + " " * 900).encode(code)
    reading, found = Reading(marks_in), []
    for at in range(0, len(body), size):
        seen = answered("https://a.example.org/m.js", SCRIPT, body[at : at + size])
        found += [sign.technique for sign in reading(seen, shipped())]
    assert found == [UV]


def test_a_worker_is_looked_at_beyond_its_first_piece():
    late = answered("https://a.example.org/w.js", SCRIPT, padded(MAX_WORKER, ROUTED), asked_with=WORKER)
    assert set(techniques(known_body, late)) == {"webproxy.worker"}


def test_no_more_is_looked_at_than_the_bound_and_the_overlaps():
    looked_at = []

    def look(kind, body, knowledge):
        looked_at.append(len(body))
        return marks_in(kind, body, knowledge)

    list(known_body(answered("https://a.example.org/m.js", SCRIPT, " " * 2 * MAX_LONG), shipped(), look))
    assert max(looked_at) == MAX_BODY
    assert MAX_LONG <= sum(looked_at) <= MAX_LONG + len(looked_at) * OVERLAP


def test_what_a_technique_was_told_by_is_told_once():
    body = padded(MAX_BODY, MARK) + padded(MAX_BODY, "__uv$bareClient UVServiceWorker")
    assert techniques(known_body, answered("https://a.example.org/m.js", SCRIPT, body)) == [UV]
