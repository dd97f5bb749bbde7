"""The reference: an asyncio reader of the pipe with a priority queue. It stores nothing.

Usage: asyncio_router.py FIFO LINES lines|chunks. Reads a line at a time, as asyncio programs do, or
256 KiB at a time and cuts them itself. Prints "ready", routes LINES lines, then prints the monotonic
milliseconds at which the last one was routed, and the number of events each category got, as JSON.
"""

import asyncio
import fcntl
import json
import os
import sys
import time

PRIORITIES = {b"HUMAN": 0, b"URGENT": 1, b"HIGH": 2, b"NORMAL": 3, b"LOW": 4, b"IDLE": 5}


async def lines_of(reader):
    while line := await reader.readline():
        yield line[:-1]


async def chunked_lines_of(reader):
    rest = b""
    while chunk := await reader.read(256 * 1024):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line
        await asyncio.sleep(0)


async def read(lines, queue):
    sequence = 0
    async for line in lines:
        priority, source, timestamp, category, payload = line.split(b"|", 4)
        await queue.put((PRIORITIES[priority], sequence, source, category, payload))
        sequence += 1


async def route(queue, expected):
    routed = {}
    for _ in range(expected):
        _, _, _, category, _ = await queue.get()
        routed[category.decode()] = routed.get(category.decode(), 0) + 1
    return routed


async def main(path, expected, form):
    fd = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    fcntl.fcntl(fd, 1031, 1024 * 1024)  # F_SETPIPE_SZ, as large as the daemon's
    reader = asyncio.StreamReader(limit=1024 * 1024)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb", 0)
    )
    queue = asyncio.PriorityQueue()
    lines = lines_of(reader) if form == "lines" else chunked_lines_of(reader)
    reading = asyncio.create_task(read(lines, queue))
    print("ready", flush=True)
    routed = await route(queue, expected)
    print(json.dumps({"endedAt": time.monotonic() * 1000, "routed": routed}), flush=True)
    reading.cancel()
    transport.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
