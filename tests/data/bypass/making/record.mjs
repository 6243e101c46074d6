// What do real tools send? Runs each on loopback behind a recorder and writes what passed as JSON.
//
//   node record.mjs FOLDER recorded.json      FOLDER: where the npm packages of ../README.md are installed
//
// Every name resolves to 127.0.0.1 in this process, and nothing leaves the machine. Bodies of scripts are
// reduced to the identifiers in them (facts, not code); pages that a tool writes are kept as far as 3,000 octets.
import dns from "node:dns";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import vm from "node:vm";
import { createRequire } from "node:module";

const root = path.resolve(process.argv[2]);
const require = createRequire(path.join(root, "package.json"));
const WebSocket = require("ws");
const rows = [];
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const version = (name) =>
  JSON.parse(fs.readFileSync(path.join(root, "node_modules", name, "package.json"))).version;

dns.lookup = (host, options, done) => {
  const call = typeof options === "function" ? options : done;
  if (options && options.all) call(null, [{ address: "127.0.0.1", family: 4 }]);
  else call(null, "127.0.0.1", 4);
};
process.on("uncaughtException", (error) => console.error("later:", error.message));
process.on("unhandledRejection", (error) => console.error("later:", error && error.message));

function identifiers(text) {
  const found = new Set(text.slice(0, 131072).match(/[A-Za-z_$][\w$]{5,}/g) || []);
  return [...found].slice(0, 220).join(" ");
}

function kept(type, body) {
  if (/javascript|wasm/.test(type || "")) return identifiers(body.toString("latin1"));
  return body.toString("utf8").slice(0, 3000);
}

// Stands between client and server: an HTTP proxy for one place, which writes down what passes.
async function recorder(group, tool, port) {
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const row = { group, tool, method: request.method, path: request.url, headers: pairs(request.rawHeaders) };
      if (body.length) row.body = body.toString("hex");
      const onward = http.request(
        { port, host: "127.0.0.1", method: request.method, path: request.url, headers: request.headers },
        (answer) => {
          const parts = [];
          answer.on("data", (part) => parts.push(part));
          answer.on("end", () => {
            const whole = Buffer.concat(parts);
            row.status = answer.statusCode;
            row.answer_headers = pairs(answer.rawHeaders);
            row.answer_body = kept(answer.headers["content-type"], whole);
            rows.push(row);
            response.writeHead(answer.statusCode, answer.headers);
            response.end(whole);
          });
        });
      onward.on("error", (error) => { rows.push(row); response.writeHead(502); response.end(error.message); });
      onward.end(body);
    });
  });
  const sockets = new WebSocket.Server({ noServer: true, handleProtocols: (offered) => [...offered][0] });
  server.on("upgrade", (request, socket, head) => {
    const row = { group, tool, method: "GET", path: request.url, headers: pairs(request.rawHeaders), messages: [] };
    rows.push(row);
    const offered = (request.headers["sec-websocket-protocol"] || "").split(/,\s*/).filter(Boolean);
    sockets.handleUpgrade(request, socket, head, (near) => {
      const headers = { ...request.headers };
      for (const name of Object.keys(headers)) if (/^(sec-websocket|upgrade|connection|host)/.test(name)) delete headers[name];
      const far = new WebSocket(`ws://127.0.0.1:${port}${request.url}`, offered, { headers });
      const queue = [];
      const note = (dir, data, binary) => {
        if (row.messages.length < 8) row.messages.push({ dir, binary, hex: Buffer.from(data).subarray(0, 200).toString("hex") });
      };
      near.on("message", (data, binary) => {
        note("c2s", data, binary);
        if (far.readyState === 1) far.send(data, { binary }); else queue.push([data, binary]);
      });
      far.on("open", () => queue.forEach(([data, binary]) => far.send(data, { binary })));
      far.on("message", (data, binary) => { note("s2c", data, binary); near.send(data, { binary }); });
      far.on("close", () => near.close()); near.on("close", () => far.close());
      far.on("error", () => near.close()); near.on("error", () => far.close());
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server.address().port;
}

function pairs(raw) {
  const found = [];
  for (let at = 0; at < raw.length; at += 2) found.push([raw[at], raw[at + 1]]);
  return found;
}

async function listening(handler, upgrade) {
  const server = http.createServer(handler);
  if (upgrade) server.on("upgrade", upgrade);
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server.address().port;
}

function ask(port, target, options = {}) {
  return new Promise((done) => {
    const request = http.request(
      { port, host: "127.0.0.1", path: target, method: options.method || "GET", headers: options.headers || {} },
      (answer) => { const parts = []; answer.on("data", (part) => parts.push(part));
        answer.on("end", () => done({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() })); });
    request.on("error", (error) => done({ error: error.message }));
    request.end(options.body);
  });
}

async function part(name, work) {
  try { await Promise.race([work(), wait(8000).then(() => { throw new Error("too slow"); })]); }
  catch (error) { console.error(name, error.message); }
}

const site = await listening((request, response) => {
  response.setHeader("content-type", "text/html");
  response.end("<!doctype html><html><head><meta charset=utf-8><title>Games</title></head><body><h1>Play</h1><a href='/next'>next</a><script>var a=location.href</script></body></html>");
});
const TYPES = { ".js": "text/javascript", ".mjs": "text/javascript", ".cjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

function statics(folder) {
  return (request, response) => {
    const file = path.join(folder, decodeURIComponent(request.url.split("?")[0]));
    if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) { response.writeHead(404); return response.end("no"); }
    response.setHeader("content-type", TYPES[path.extname(file)] || "application/octet-stream");
    response.end(fs.readFileSync(file));
  };
}

async function files(group, name, folder, wanted) {
  await part(name, async () => {
    const full = path.join(root, "node_modules", name, folder);
    const port = await recorder(group, `${name} ${version(name)}`, await listening(statics(full)));
    for (const file of wanted) if (fs.existsSync(path.join(full, file))) await ask(port, `/${file}`);
  });
}

// 1. What the workers' tools load.
await files("asset", "@titaniumnetwork-dev/ultraviolet", "dist", ["uv.bundle.js", "uv.client.js", "uv.handler.js", "uv.sw.js", "uv.config.js"]);
await files("asset", "@mercuryworkshop/scramjet", "dist", ["scramjet.all.js", "scramjet.sync.js", "scramjet.bundle.js", "scramjet.wasm.wasm"]);
await files("asset", "@mercuryworkshop/bare-mux", "dist", ["worker.js", "index.js", "index.mjs"]);
await files("asset", "@mercuryworkshop/epoxy-transport", "dist", ["index.mjs", "index.js"]);
await files("asset", "@mercuryworkshop/libcurl-transport", "dist", ["index.mjs", "index.js"]);
await files("asset", "@mercuryworkshop/bare-as-module3", "dist", ["index.mjs", "index.js"]);
await files("asset", "@mercuryworkshop/wisp-js", "dist", ["wisp-client.js", "wisp-full.mjs"]);
await files("asset", "@mercuryworkshop/wisp-client-js", "dist", ["wisp.js"]);
await files("asset", "meteorproxy", "dist", ["meteor.bundle.js", "meteor.client.js", "meteor.codecs.js", "meteor.config.js", "meteor.worker.js"]);
await files("asset", "@nebula-services/dynamic", "dist", fs.existsSync(path.join(root, "node_modules/@nebula-services/dynamic/dist")) ? fs.readdirSync(path.join(root, "node_modules/@nebula-services/dynamic/dist")).filter((file) => /\.js$/.test(file)).slice(0, 6) : []);
await files("asset", "libcurl.js", "", ["libcurl.js", "libcurl_full.js", "libcurl.wasm"]);
await files("asset", "@mercuryworkshop/epoxy-tls", "full", ["epoxy.js", "epoxy-bundled.js", "epoxy.wasm"]);
for (const [name, folder, wanted] of [
  ["socket.io-client", "dist", ["socket.io.min.js", "socket.io.esm.min.js"]],
  ["mqtt", "dist", ["mqtt.min.js", "mqtt.esm.js"]],
  ["phoenix", "priv/static", ["phoenix.min.js", "phoenix.mjs"]],
  ["@microsoft/signalr", "dist/browser", ["signalr.min.js", "signalr.js"]],
  ["@rails/actioncable", "app/assets/javascripts", ["actioncable.js", "actioncable.esm.js"]],
  ["graphql-ws", "umd", ["graphql-ws.min.js"]],
  ["y-websocket", "dist", ["y-websocket.cjs"]],
  ["dohjs", "dist", ["doh.min.js", "doh.js"]],
]) await files("library", name, folder, wanted);

// 2. Ultraviolet's codecs, run as its bundle ships them.
await part("codecs", async () => {
  const name = "@titaniumnetwork-dev/ultraviolet";
  const self = { navigator: {}, MessagePort, EventTarget, Event, Headers, Request, Response, ReadableStream, BroadcastChannel, MessageChannel, WebSocket, setTimeout, fetch, btoa, atob, location: new URL("http://127.0.0.1/"), crypto: globalThis.crypto, URL, TextEncoder, TextDecoder, console };
  self.self = self; self.window = self; self.globalThis = self;
  vm.runInNewContext(fs.readFileSync(path.join(root, "node_modules", name, "dist/uv.bundle.js"), "utf8"), self);
  const codec = self.Ultraviolet.codec;
  for (const [kind, address] of [
    ["xor", "https://www.friv.com/"], ["xor", "https://www.miniclip.com/games/8-ball-pool"], ["xor", "https://store.epicgames.com/en-US/"],
    ["xor", "http://www.snapchat.com/web"], ["xor", "https://www.netflix.com/browse?jbv=80100172"], ["xor", "https://de.wikipedia.org/wiki/Proxy"],
    ["base64", "https://www.friv.com/z/games/1"], ["base64", "https://web.snapchat.com/"], ["base64", "https://news.example.net/sport/today"],
    ["plain", "https://kongregate.com/en/games"], ["plain", "https://www.netflix.com/"],
  ]) rows.push({ group: "coded", tool: `${name} ${version(name)}`, codec: kind, inner: address, path: codec[kind].encode(address), method: "GET", headers: [] });
});

// 3. Bare servers, asked by the client and by hand in each version of the protocol.
await part("bare", async () => {
  const { createBareServer } = require("@tomphttp/bare-server-node");
  for (const prefix of ["/", "/ca/", "/static/fonts/", "/api/v4/sync/"]) {
    const bare = createBareServer(prefix, { blockLocal: false, logErrors: false });
    const port = await recorder("bare", `@tomphttp/bare-server-node ${version("@tomphttp/bare-server-node")}`,
      await listening((q, s) => (bare.shouldRoute(q) ? bare.routeRequest(q, s) : s.end("no")), (q, s, h) => bare.routeUpgrade(q, s, h)));
    await ask(port, prefix);
    await ask(port, `${prefix}v1/`, { headers: { "x-bare-host": "www.friv.com", "x-bare-port": String(site), "x-bare-protocol": "http:", "x-bare-path": "/", "x-bare-headers": "{}", "x-bare-forward-headers": '["accept"]' } });
    await ask(port, `${prefix}v2/?cache=93a1c2`, { headers: { "x-bare-host": "m.netflix.com", "x-bare-port": String(site), "x-bare-protocol": "http:", "x-bare-path": "/a", "x-bare-headers": '{"Host":"m.netflix.com"}' } });
    await ask(port, `${prefix}v3/?cache=1f77`, { headers: { "x-bare-url": `http://www.miniclip.com:${site}/`, "x-bare-headers": '{"Host":"www.miniclip.com"}' } });
    await ask(port, `${prefix}v3/`, { method: "OPTIONS", headers: { origin: "https://a.example", "access-control-request-method": "GET", "access-control-request-headers": "x-bare-headers,x-bare-url" } });
    await part("bare socket", () => new Promise((done) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${prefix}v3/`);
      socket.on("open", () => { socket.send(JSON.stringify({ type: "connect", remote: "wss://gateway.discord.gg/?v=9", protocols: [], headers: {}, forwardHeaders: [] })); setTimeout(() => { socket.close(); done(); }, 250); });
      socket.on("error", done); socket.on("close", done);
    }));
  }
});

// 4. Wisp: both servers, both clients, both versions; and its ancestor.
await part("wisp", async () => {
  const { client, server } = await import(path.join(root, "node_modules/@mercuryworkshop/wisp-js/dist/wisp-full.mjs")).catch(() => require("@mercuryworkshop/wisp-js"));
  server.options.allow_loopback_ips = true; server.options.allow_private_ips = true;
  server.options.dns_method = async () => "127.0.0.1";
  globalThis.WebSocket ||= WebSocket;
  const places = [["/wisp/", "www.friv.com"], ["/cron/", "store.epicgames.com"], ["/m/assets/live/", "web.snapchat.com"], ["/graphql/", "en.wikipedia.org"], ["/ws/chat/1/", "www.netflix.com"]];
  for (const [place, inner] of places) for (const v of [1, 2]) {
    const port = await recorder("wisp", `@mercuryworkshop/wisp-js ${version("@mercuryworkshop/wisp-js")}`,
      await listening((q, s) => s.end(), (q, s, h) => server.routeRequest(q, s, h)));
    await part("wisp client", () => new Promise((done) => {
      const link = new client.ClientConnection(`ws://127.0.0.1:${port}${place}`, { wisp_version: v });
      link.onopen = () => { const stream = link.create_stream(inner, v === 1 ? 443 : 80, "tcp"); stream.send(Buffer.from(v === 1 ? "16030100c8010000c40303" : "474554202f20485454502f312e310d0a", "hex")); setTimeout(() => { link.close(); done(); }, 200); };
      link.onerror = done; link.onclose = done; setTimeout(done, 1500);
    }));
  }
});
await part("wisp-server-node", async () => {
  const wisp = require("wisp-server-node").default ?? require("wisp-server-node");
  const port = await recorder("wisp", `wisp-server-node ${version("wisp-server-node")}`, await listening((q, s) => s.end(), (q, s, h) => wisp.routeRequest(q, s, h)));
  for (const [place, inner] of [["/science/", "www.roblox.com"], ["/w/", "kongregate.com"], ["/api/stream/", "scholar.archive.example"]]) await part("client", () => new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${place}`, { headers: { origin: "https://x.example" } });
    const name = Buffer.from(inner), frame = Buffer.alloc(8 + name.length);
    frame[0] = 1; frame.writeUInt32LE(7, 1); frame[5] = 1; frame.writeUInt16LE(443, 6); name.copy(frame, 8);
    socket.on("message", () => { socket.send(frame); setTimeout(() => { socket.close(); done(); }, 150); });
    socket.on("error", done); setTimeout(done, 1500);
  }));
});

// 5. Proxies that rewrite on the server.
await part("unblocker", async () => {
  const Unblocker = require("unblocker");
  for (const prefix of ["/proxy/", "/notes/", "/p/"]) {
    const unblocker = new Unblocker({ prefix });
    const port = await recorder("rewriting", `unblocker ${version("unblocker")}`, await listening((q, s) => unblocker(q, s, () => { s.writeHead(404); s.end("home"); })));
    for (const inner of ["www.friv.com", "news.example.net"]) await ask(port, `${prefix}http://${inner}:${site}/`, { headers: { accept: "text/html" } });
    await ask(port, `${prefix}client/unblocker-client.js`);
  }
});
await part("corrosion", async () => {
  const Corrosion = require("corrosion");
  for (const [prefix, codec] of [["/service/", "xor"], ["/get/", "base64"], ["/read/", "plain"]]) {
    const proxy = new Corrosion({ prefix, codec });
    proxy.bundleScripts();
    const port = await recorder("rewriting", `corrosion ${version("corrosion")}`, await listening((q, s) => proxy.request(q, s)));
    for (const inner of [`http://www.friv.com:${site}/`, `http://news.example.net:${site}/a/b`]) await ask(port, proxy.url.wrap(inner, { flags: [] }), { headers: { accept: "text/html" } });
    await ask(port, `${prefix}index.js`);
    await ask(port, `${prefix}gateway?url=www.friv.com`);
  }
});
await part("alloy", async () => {
  const Alloy = require("alloyproxy");
  const proxy = new Alloy({ prefix: "/fetch/", error: (proxy, message) => proxy.res.end(String(message)) });
  const port = await recorder("rewriting", `alloyproxy ${version("alloyproxy")}`, await listening((q, s) => proxy.app(q, s, () => s.end("home"))));
  for (const inner of ["www.friv.com", "kongregate.com"]) await ask(port, `/fetch/${Buffer.from(`http://${inner}:${site}`).toString("base64")}/games`, { headers: { accept: "text/html" } });
});
await part("cors-anywhere", async () => {
  const server = require("cors-anywhere").createServer({ originWhitelist: [], requireHeader: [] });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const port = await recorder("cors", `cors-anywhere ${version("cors-anywhere")}`, server.address().port);
  for (const inner of ["www.friv.com", "web.snapchat.com", "api.weather.example.org"]) await ask(port, `/http://${inner}:${site}/data`, { headers: { origin: "https://class.example" } });
});

// 6. Tunnels in WebSockets: a stand-in answers, the clients' first messages are what counts.
const quiet = async (group, tool, handle) => {
  const sockets = new WebSocket.Server({ noServer: true, handleProtocols: (offered) => [...offered][0] });
  return recorder(group, tool, await listening((q, s) => s.end(), (q, s, h) => sockets.handleUpgrade(q, s, h, (link) => handle && handle(link, q))));
};
await part("libcurl", async () => {
  const port = await quiet("wsproxy", `wsproxy form, ws ${version("ws")}`, (link) => link.on("message", () => {}));
  for (const [place, first] of [["/www.friv.com:443", "16030100c5010000c10303"], ["/t/web.snapchat.com:443", "16030102000100"], ["/ws/irc.quakenet.example:6667", "4e49434b"]]) await part("one", () => new Promise((done) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${place}`, ["binary"]);
    socket.on("open", () => { socket.send(Buffer.from(first + "00".repeat(60), "hex")); setTimeout(() => { socket.close(); done(); }, 120); });
    socket.on("error", done);
  }));
});

// 7. Applications that schools use.
await part("socket.io", async () => {
  const { Server } = require("socket.io"), { io } = require("socket.io-client");
  const server = http.createServer(); const hub = new Server(server);
  hub.on("connection", (link) => link.emit("round", { question: 1 }));
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  for (const transports of [["polling", "websocket"], ["websocket"]]) {
    const port = await recorder("application", `socket.io ${version("socket.io")}`, server.address().port);
    const link = io(`http://127.0.0.1:${port}`, { transports, reconnection: false });
    link.on("round", () => link.emit("answer", { choice: "b" }));
    await wait(700); link.close();
  }
  hub.close();
});
await part("mqtt", async () => {
  const mqtt = require("mqtt");
  const port = await quiet("application", `mqtt ${version("mqtt")}`, (link) => link.on("message", (data) => { if (data[0] === 0x10) link.send(Buffer.from("20020000", "hex")); }));
  for (const clientId of ["microbit-07", "lab_sensor_3"]) {
    const link = mqtt.connect(`ws://127.0.0.1:${port}/mqtt`, { clientId, reconnectPeriod: 0 });
    link.on("connect", () => link.publish("class/7b/temperature", "21.5")); link.on("error", () => {});
    await wait(400); link.end(true);
  }
});
await part("graphql-ws", async () => {
  const { createClient } = require("graphql-ws");
  const port = await quiet("application", `graphql-ws ${version("graphql-ws")}`, (link) => link.on("message", () => link.send('{"type":"connection_ack"}')));
  const link = createClient({ url: `ws://127.0.0.1:${port}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  link.subscribe({ query: "subscription { boardChanged(id: 7) { id title } }" }, { next() {}, error() {}, complete() {} });
  await wait(400); link.dispose();
});
await part("phoenix", async () => {
  const { Socket } = require("phoenix");
  const port = await quiet("application", `phoenix ${version("phoenix")}`);
  const link = new Socket(`ws://127.0.0.1:${port}/live`, { transport: WebSocket, params: { vsn: "2.0.0" } });
  link.connect(); link.channel("board:12").join(); await wait(400); link.disconnect();
});
await part("signalr", async () => {
  const signalr = require("@microsoft/signalr");
  const port = await quiet("application", `@microsoft/signalr ${version("@microsoft/signalr")}`, (link) => link.on("message", () => link.send("{}\x1e")));
  const link = new signalr.HubConnectionBuilder().withUrl(`http://127.0.0.1:${port}/quizhub`, { skipNegotiation: true, transport: 1, WebSocket }).configureLogging(signalr.LogLevel.None).build();
  await Promise.race([link.start().then(() => link.send("JoinRoom", "7b")), wait(800)]); await wait(150); await link.stop();
});
await part("yjs", async () => {
  const Y = require("yjs"), { WebsocketProvider } = require("y-websocket");
  const port = await quiet("application", `y-websocket ${version("y-websocket")}`);
  const doc = new Y.Doc(), link = new WebsocketProvider(`ws://127.0.0.1:${port}/collab`, "essay-7b", doc, { WebSocketPolyfill: WebSocket });
  await wait(300); doc.getText("t").insert(0, "The water cycle"); await wait(300); link.destroy();
});

fs.writeFileSync(process.argv[3], JSON.stringify(rows, null, 1));
process.exit(0);
