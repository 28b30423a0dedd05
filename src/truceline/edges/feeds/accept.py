"""Connections that others open to us, each served until it ends or the feed does."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from truceline.edges.feeds.door import Health
from truceline.edges.feeds.tls import tls_words

MOST_CONNECTIONS = 500
MOST_UNREAD = 64 * 1024
HANDSHAKE_S = 10.0
LINGER_S = 5.0  # to take in the last words, once a connection is closed; who reads nothing is cut off then

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]]
Count = int  # of connections that are open, this one among them


async def serve_all(
    host: str,
    port: int,
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter, Count], Awaitable[None]],
    listening: Callable[[int], None],
) -> None:
    """Listen for ever, each connection a task that ends with the listening. listening: told the port, once it is open.

    Raises OSError if the address cannot be had.
    """
    open_now: set[asyncio.Task[None]] = set()

    async def come_in(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        open_now.add(task)
        try:
            await serve(reader, writer, len(open_now))
        except asyncio.CancelledError:
            return  # the listening ends
        finally:
            open_now.discard(task)
            writer.close()
            asyncio.get_running_loop().call_later(LINGER_S, writer.transport.abort)

    server = await asyncio.start_server(come_in, host, port, limit=MOST_UNREAD)
    listening(server.sockets[0].getsockname()[1])
    try:
        await asyncio.Event().wait()
    finally:
        server.close()
        for task in tuple(open_now):
            task.cancel()
        await asyncio.gather(*open_now, return_exceptions=True)


async def accept(
    host: str, port: int, tls: ssl.SSLContext | None, health: Health, serve: Serve, listening: Callable[[int], None]
) -> None:
    """Listen for ever, and count in the feed's health. serve: one connection, of a peer host:port.

    Raises OSError if the address cannot be had.
    """

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Count) -> None:
        try:
            if count > MOST_CONNECTIONS:
                health.erred(f"more than {MOST_CONNECTIONS} connections: the newest was closed")
                return
            if tls is not None:
                await writer.start_tls(tls, ssl_handshake_timeout=HANDSHAKE_S)
            health.connections += 1
            address = writer.get_extra_info("peername")
            await serve(reader, writer, f"{address[0]}:{address[1]}")
        except asyncio.IncompleteReadError as end:
            if end.partial:
                health.erred("connection: it ended within a message")
        except ssl.SSLError as refused:
            health.erred(f"connection: {tls_words(refused)}")
        except OSError as cut:
            health.erred(f"connection: {str(cut) or type(cut).__name__}")
        finally:
            health.cuts += 1

    await serve_all(host, port, counted, listening)
