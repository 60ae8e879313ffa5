"""Drives the served command with the official Python package, unmodified: what its users do, step by step.

Arguments: the contract line (such as 0.9), the launcher, and a directory for the realm. The package finds the launcher
by MEERKAT_BIN_PATH and starts it itself. Each step prints a line; the first that does not hold ends the program.
"""

import asyncio
import sys

from meerkat import MeerkatClient

LINE, LAUNCHER, STATE = sys.argv[1:4]
OLD = LINE == "0.6"
KEYED = LINE == "0.9"
PATIENCE = 20


def step(text):
    print("ok", text, flush=True)


def options():
    return {"realm_id": "team", "realm_backend": "sqlite", "state_root": STATE}


def client_with_tools(calls):
    client = MeerkatClient(LAUNCHER)

    @client.tool("clock", description="Tells the time", input_schema={"type": "object"})
    async def clock(arguments):
        calls.append(arguments)
        return "twelve o'clock in " + arguments["place"]

    return client


async def until(what, read, holds):
    """Reads until the predicate holds: sessions wake by themselves, and the package has nothing to wait on."""
    for _ in range(PATIENCE * 20):
        value = await read()
        if holds(value):
            return value
        await asyncio.sleep(0.05)
    raise AssertionError(f"{what}: still {value!r}")


async def said(client, session_id):
    """The newest answer of a session."""
    details = await client.read_session(session_id)
    return details.last_assistant_text or ""


async def heard(what, client, session_id, *texts):
    await until(what, lambda: said(client, session_id), lambda answer: all(text in answer for text in texts))
    step(what)


async def refused(what, awaitable, code=None):
    try:
        await awaitable
    except Exception as error:  # the package has one class for most errors
        assert type(error).__name__.endswith("Error"), error
        if code is not None:
            assert code in (str(getattr(error, "code", "")), str(getattr(error, "details", ""))) or code in repr(
                getattr(error, "details", "")
            ), (error, getattr(error, "code", None), getattr(error, "details", None))
        step(what)
        return
    raise AssertionError(f"{what}: was not refused")


async def turns_and_streams(client, session):
    result = await session.turn("Remember the word heron.")
    assert "heron" in result.text, result
    result = await session.turn("What was it?")
    assert "heron" in result.text, "a later turn has seen the earlier one"
    step("turn")

    kinds, text = [], ""
    async with session.stream("Say it again.") as events:
        async for event in events:
            kinds.append(type(event).__name__)
            text += getattr(event, "delta", "")
        streamed = events.result
    assert "heron" in streamed.text, streamed
    assert "RunStarted" in kinds and "RunCompleted" in kinds, kinds
    assert "UnknownEvent" not in kinds, kinds
    assert text in ("", streamed.text), text
    step("stream")


async def subscription(client, session):
    subscribed = await session.subscribe_events()
    kinds = []

    async def watch():
        async for event in subscribed:
            kinds.append(type(getattr(event, "payload", event)).__name__)
            if kinds[-1] == "RunCompleted":
                return

    watching = asyncio.create_task(watch())
    await session.turn("For those who watch.")
    await asyncio.wait_for(watching, PATIENCE)
    await subscribed.close()
    assert "RunStarted" in kinds and "UnknownEvent" not in kinds, kinds
    step("subscribe")


async def commands(client, a, b):
    peers = await a.peers()
    assert [peer["name"] for peer in peers] == ["agent-b"], peers
    to = peers[0]["peer_id"]
    assert peers[0]["address"]["transport"] == "inproc", peers
    step("peers")

    receipt = await a.send(kind="peer_message", to=to, body="Build failed in CI: owl.", handling_mode="queue")
    assert receipt["kind"] == "peer_message_sent" and receipt["envelope_id"], receipt
    assert ("delivery" in receipt) == (not OLD) and ("acked" in receipt) == OLD, receipt
    await heard("send peer_message by id wakes the peer", client, b.id, "owl")

    receipt = await a.send(kind="peer_message", to="agent-b", body="By name: wren.", handling_mode="steer")
    assert receipt["kind"] == "peer_message_sent", receipt
    await heard("send peer_message by name wakes the peer", client, b.id, "owl", "wren")

    receipt = await a.send(kind="input", body="To myself: finch.", allow_self_session=True)
    assert receipt["kind"] == "input_accepted" and receipt["interaction_id"], receipt
    await heard("send input wakes the session itself", client, a.id, "finch")

    receipt = await a.send(kind="peer_lifecycle", to=to, lifecycle_kind="mob.peer_added", params={"peer": "agent-c"})
    assert receipt["kind"] == "peer_lifecycle_sent", receipt
    step("send peer_lifecycle")

    receipt = await a.send(kind="peer_request", to=to, intent="checksum_token", params={"subject": "lark"})
    assert receipt["kind"] == "peer_request_sent" and receipt["request_id"] == receipt["envelope_id"], receipt
    await heard("send peer_request; the response comes back to the sender", client, a.id, "lark")

    others = await b.peers()
    assert [peer["name"] for peer in others] == ["agent-a"], others
    held = await a.send(kind="peer_request", to="agent-b", intent="hold", params={"subject": "plover"})
    await heard("send peer_request with any intent", client, b.id, "plover")
    answer = dict(kind="peer_response", to=others[0]["peer_id"], in_reply_to=held["request_id"], status="completed")
    receipt = await b.send(**answer, result={"token": "robin"})
    assert receipt["kind"] == "peer_response_sent" and receipt["in_reply_to"] == held["request_id"], receipt
    await heard("send peer_response; it wakes the requester", client, a.id, "robin")
    await refused("a second terminal peer_response is refused", b.send(**answer, result={"token": "again"}))
    await refused(
        "an unknown peer is refused",
        a.send(kind="peer_message", to="agent-z", body="nobody"),
        "peer_not_found_or_not_trusted",
    )


async def external_events(client, a):
    extra = {"idempotency_key": "deploy-7"} if KEYED else {}
    outcome = await a.send_external_event("deploy_complete", {"release": "2026.04.21"}, **extra)
    assert outcome["outcome_type"] == "accepted" and outcome["input_id"], outcome
    await heard("an external event wakes the session", client, a.id, "deploy_complete", "2026.04.21")
    if KEYED:
        again = await a.send_external_event("deploy_complete", {"release": "2026.04.21"}, **extra)
        assert again["outcome_type"] == "deduplicated", again
        assert again["existing_id"] == outcome["input_id"], (again, outcome)
        await refused(
            "the same key with other content is refused",
            a.send_external_event("deploy_complete", {"release": "other"}, **extra),
            "INPUT_IDEMPOTENCY_CONFLICT",
        )
        state = await client.input_state(a.id, input_id=outcome["input_id"])
        assert state["current_state"] == "consumed", state
        step("a repeated external event is recognized")


async def transcripts(client, a):
    history = await a.history()
    roles = [message.role for message in history.messages]
    assert "user" in roles and "block_assistant" in roles and "system_notice" in roles, roles
    assert history.message_count == len(history.messages) or history.has_more, history.message_count
    first = await a.history(offset=0, limit=1)
    assert first.has_more and len(first.messages) == 1, first
    assert first.messages[0].role == roles[0], (first, roles)
    step("history")
    listed = [row.session_id for row in await client.list_sessions()]
    assert a.id in listed, listed
    step("list")


async def first_life():
    calls = []
    client = client_with_tools(calls)
    await client.connect(**options())
    step("connect")
    a = await client.create_session("You are a coordinator.", keep_alive=True, comms_name="agent-a")
    assert a.id, a
    await heard("create a keep-alive session", client, a.id, "You are a coordinator.")
    b = await client.create_session("You are a builder.", keep_alive=True, comms_name="agent-b")
    await heard("create its peer", client, b.id, "You are a builder.")
    await turns_and_streams(client, a)
    await subscription(client, a)
    await commands(client, a, b)
    await external_events(client, a)

    result = await a.turn('call clock {"place": "Reykjavik"}')
    assert "twelve o'clock in Reykjavik" in result.text, result
    assert calls == [{"place": "Reykjavik"}], calls
    step("callback tool")

    status = await a.inject_context("The office is closed.")
    assert status["status"] == ("staged" if OLD else "applied"), status
    step("inject context")
    await a.interrupt()
    step("interrupt while idle")

    deferred = await client.create_deferred_session("Later.")
    await deferred.start_turn("Now.")
    await transcripts(client, a)

    gone = await client.create_session("Short life.")
    await gone.archive()
    assert gone.id not in [row.session_id for row in await client.list_sessions()]
    await refused("a turn of an archived session is refused", gone.turn("Hello?"))
    assert (await client.read_session_history(gone.id)).messages, "history outlives the session"
    step("archive")
    await client.close()
    return a.id, b.id


async def second_life(a_id, b_id):
    client = MeerkatClient(LAUNCHER)
    await client.connect(**options())
    listed = [row.session_id for row in await client.list_sessions()]
    assert a_id in listed and b_id in listed, (listed, a_id, b_id)
    await client.send(a_id, kind="peer_message", to="agent-b", body="After the restart: kite.")
    await heard("a restart finds its sessions again, awake", client, b_id, "owl", "kite")
    history = await client.read_session_history(a_id)
    assert history.message_count > 5, history.message_count
    await client.close()


async def main():
    a_id, b_id = await first_life()
    await second_life(a_id, b_id)
    step("all")


asyncio.run(asyncio.wait_for(main(), 300))
