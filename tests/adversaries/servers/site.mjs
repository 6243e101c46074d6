// What does a web proxy's site serve? Pages and scripts as a test describes them, a bare server, a Wisp server.
//
// One argument, a file of JSON: {address, certificate, files: {path: file}, texts: {path: text}, bare: "/bare/",
// wisp: "/wisp/"}. Says "ready" once it listens, at port 443. Its connections end with each answer, so that none
// outlives a filter that is switched on.
import fs from "node:fs";
import https from "node:https";
import path from "node:path";
import bareServer from "@tomphttp/bare-server-node";
import wispServer from "wisp-server-node";

const KINDS = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript" };
const told = JSON.parse(fs.readFileSync(process.argv[2]));
const pem = fs.readFileSync(told.certificate);
const unlimited = { maxConnectionsPerIP: 10000, windowDuration: 1, blockDuration: 0 };
const bare = bareServer.createBareServer(told.bare, { blockLocal: false, connectionLimiter: unlimited });

const server = https.createServer({ key: pem, cert: pem }, (request, answer) => {
  answer.shouldKeepAlive = false;
  if (bare.shouldRoute(request)) return bare.routeRequest(request, answer);
  const { pathname } = new URL(request.url, "https://here.example");
  const text = told.texts[pathname] ?? (told.files[pathname] && fs.readFileSync(told.files[pathname]));
  if (text === undefined) return answer.writeHead(404).end("nothing here");
  const kind = KINDS[path.extname(pathname)] ?? "text/html";
  answer.writeHead(200, { "Content-Type": `${kind}; charset=utf-8`, "Service-Worker-Allowed": "/" }).end(text);
});

server.on("upgrade", (request, socket, head) => {
  if (bare.shouldRoute(request)) return bare.routeUpgrade(request, socket, head);
  if (request.url.startsWith(told.wisp)) return wispServer.routeRequest(request, socket, head, { logLevel: 4 });
  socket.destroy();
});

server.listen(443, told.address, () => console.log("ready"));
