"""Drives the served tools with the official Python package of the Model Context Protocol, by both ways in.

Arguments: the URL of a server, the command, and a directory for a realm.
"""

import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

URL, COMMAND, STATE = sys.argv[1:4]


async def call(session, tool, **arguments):
    result = await session.call_tool(tool, arguments)
    assert not result.isError, result
    return json.loads(result.content[0].text)


async def use(session):
    await session.initialize()
    names = [tool.name for tool in (await session.list_tools()).tools]
    assert "meerkat_run" in names and "meerkat_external_event" in names, names
    created = await call(session, "meerkat_run", prompt="Remember: heron.", keep_alive=True, comms_name="agent-a")
    assert "heron" in created["content"][0]["text"], created
    stream = await call(session, "meerkat_event_stream_open", session_id=created["session_id"])
    await call(
        session,
        "meerkat_external_event",
        session_id=created["session_id"],
        kind="generic_json",
        event_type="deploy_complete",
        payload={"release": "2026.04.21"},
    )
    while True:
        read = await call(session, "meerkat_event_stream_read", stream_id=stream["stream_id"], timeout_ms=20000)
        assert read["status"] == "event", read
        payload = read["event"]["payload"]
        if payload["type"] == "run_completed":
            assert "2026.04.21" in payload["result"], payload
            break
    await call(session, "meerkat_archive", session_id=created["session_id"])


async def bring_a_tool(session, heard):
    tool = {"name": "clock", "description": "Tells the time.", "input_schema": {"type": "object"}}
    begun = await call(session, "meerkat_run", prompt='call clock {"zone": "UTC"}', tools=[tool], stream=True)
    assert begun["status"] == "pending_tool_call", begun
    waiting = begun["pending_tool_calls"][0]
    assert waiting["tool_name"] == "clock" and waiting["args"] == {"zone": "UTC"}, waiting
    done = await call(
        session,
        "meerkat_resume",
        session_id=begun["session_id"],
        prompt="",
        tool_results=[{"tool_use_id": waiting["tool_use_id"], "content": "noon"}],
        stream=True,
    )
    assert 'clock returned "noon"' in done["content"][0]["text"], done
    assert {told["session_id"] for told in heard} == {begun["session_id"]}, heard
    types = [told["event"]["payload"]["type"] for told in heard]
    assert types.count("run_started") == 1 and types.count("tool_call_requested") == 1, types
    assert types[-1] == "run_completed", types


def hearing(heard):
    async def hear(notification):
        heard.append(notification.data)

    return hear


async def main():
    heard = []
    async with streamablehttp_client(URL) as streams:
        async with ClientSession(streams[0], streams[1], logging_callback=hearing(heard)) as session:
            await use(session)
            await bring_a_tool(session, heard)
    print("ok http")
    heard = []
    server = StdioServerParameters(command=COMMAND, args=["mcp", "--realm", "python", "--state-root", STATE])
    async with stdio_client(server) as streams:
        async with ClientSession(*streams, logging_callback=hearing(heard)) as session:
            await use(session)
            await bring_a_tool(session, heard)
    print("ok stdio")
    print("ok all")


asyncio.run(asyncio.wait_for(main(), 120))
