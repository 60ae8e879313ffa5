// Drives the served command with the official TypeScript package 0.8, unmodified.
//
// Arguments: the package's main module as a URL, the launcher, and a directory for the realm. Each step prints a line;
// the first that does not hold ends the program.

import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";

const [main, launcher, state] = process.argv.slice(2);
const { MeerkatClient } = await import(main);
const PATIENCE = 20;

const step = (text) => console.log("ok", text);

async function heard(what, client, id, ...texts) {
  let said = "";
  for (let i = 0; i < PATIENCE * 20; i++) {
    said = (await client.readSession(id)).lastAssistantText ?? "";
    if (texts.every((text) => said.includes(text))) {
      step(what);
      return;
    }
    await delay(50);
  }
  throw new Error(`${what}: still ${said}`);
}

const calls = [];
const client = new MeerkatClient(launcher);
client.registerTool("clock", "Tells the time", { type: "object" }, async (args) => {
  calls.push(args);
  return "twelve o'clock";
});
await client.connect({ realmId: "team", realmBackend: "sqlite", stateRoot: state });
step("connect");

const a = await client.createSession("You are a coordinator.", { keepAlive: true, commsName: "agent-a" });
await heard("create a keep-alive session", client, a.id, "You are a coordinator.");
const b = await client.createSession("You are a builder.", { keepAlive: true, commsName: "agent-b" });
await heard("create its peer", client, b.id, "You are a builder.");
assert((await a.turn("Remember the word heron.")).text.includes("heron"));
step("turn");

const streamed = [];
for await (const event of a.stream("Say it again.")) {
  streamed.push(event.type);
}
assert(streamed.includes("run_started") && streamed.includes("run_completed"), streamed);
step("stream");

const subscription = await a.subscribeEvents();
const watched = [];
const watching = (async () => {
  for await (const event of subscription) {
    watched.push((event.payload ?? event).type);
    if (watched.at(-1) === "run_completed") {
      return;
    }
  }
})();
await a.turn("For those who watch.");
await watching;
await subscription.close?.();
assert(watched.includes("run_started"), watched);
step("subscribe");

const peers = await a.peers();
const [peer] = peers.peers ?? peers;
assert.equal(peer.name, "agent-b");
const to = peer.peer_id ?? peer.peerId;
const message = await a.send({ kind: "peer_message", to, body: "Build failed in CI: owl.", handling_mode: "queue" });
assert.equal(message.kind, "peer_message_sent");
await heard("send peer_message wakes the peer", client, b.id, "owl");
await a.send({ kind: "input", body: "To myself: finch.", allow_self_session: true });
await heard("send input wakes the session itself", client, a.id, "finch");
await a.send({ kind: "peer_lifecycle", to, lifecycle_kind: "mob.peer_added", params: { peer: "agent-c" } });
await a.send({ kind: "peer_request", to, intent: "checksum_token", params: { subject: "lark" } });
await heard("send peer_request; the response comes back to the sender", client, a.id, "lark");
await assert.rejects(
  a.send({ kind: "peer_message", to: "00000000-0000-5000-8000-000000000009", body: "nobody" }),
  (error) => error.code === "peer_not_found_or_not_trusted",
);
step("an unknown peer is refused");

assert.equal((await a.sendExternalEvent("deploy_complete", { release: "2026.04.21" })).outcome_type, "accepted");
await heard("an external event wakes the session", client, a.id, "deploy_complete", "2026.04.21");
await a.turn('call clock {"place": "Reykjavik"}');
assert.deepEqual(calls, [{ place: "Reykjavik" }]);
step("callback tool");
assert.equal((await a.injectContext("The office is closed.")).status, "applied");
step("inject context");

const roles = (await a.history()).messages.map((row) => row.role);
assert(roles.includes("user") && roles.includes("system_notice") && roles.includes("block_assistant"), roles);
step("history");
await a.interrupt();
await b.archive();
const listed = (await client.listSessions()).map((row) => row.sessionId ?? row.session_id);
assert(listed.includes(a.id) && !listed.includes(b.id), listed);
step("list and archive");
await client.close();
step("all");
