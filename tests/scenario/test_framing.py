"""Framing over real pipes: messages cut anywhere, odd headers, and what comes after a bad one."""

from client import *

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {"processId": None, "rootUri": None, "capabilities": {}},
}
# Asks for nothing that exists; its answer shows that the stream is still understood.
PING = {"jsonrpc": "2.0", "id": "ping", "method": "test/ping"}


def body(message):
    return frame(message).split(b"\r\n\r\n", 1)[1]


def initialized(server):
    server.send(INITIALIZE)
    server.answer_to(1)
    return server


def answers(server, what):
    server.send(PING)
    equal(server.answer_to("ping")["error"]["code"], -32601, what)


def test_every_cut():
    """One process a cut would take long: the cut moves on through copies of one message."""
    with Server() as server:
        initialized(server)
        text = '{"jsonrpc":"2.0","id":%d,"method":"test/ping","params":{"a":"é😀"}}'
        cut, number = 1, 1000
        while True:
            message = frame((text % number).encode())
            if cut >= len(message):
                break
            server.send_bytes(message[:cut])
            # The pipe is emptied between the halves: the answer to the message before is awaited, which
            # covls only gives when it has read on.
            server.send_bytes(message[cut:])
            equal(server.answer_to(number)["error"]["code"], -32601, f"cut at {cut}")
            cut, number = cut + 1, number + 1


def test_halves_apart():
    """Here the first half has surely been read by itself: covls answers what came before it."""
    for cut in (1, 8, 15, 16, 17, 18, 19, 20, 21, 22, 30, 60):
        with Server() as server:
            initialized(server)
            first = frame({"jsonrpc": "2.0", "id": 2, "method": "test/ping"})
            second = frame({"jsonrpc": "2.0", "id": 3, "method": "test/ping"})
            server.send_bytes(first + second[:cut])
            server.answer_to(2)
            server.send_bytes(second[cut:])
            server.answer_to(3)


def test_a_byte_at_a_time():
    with Server() as server:
        for byte in frame(INITIALIZE) + frame(PING):
            server.send_bytes(bytes([byte]))
        server.answer_to(1)
        equal(server.answer_to("ping")["error"]["code"], -32601)


def test_many_in_one_write():
    with Server() as server:
        initialized(server)
        count = 200
        pings = [frame({"jsonrpc": "2.0", "id": n, "method": "test/ping"}) for n in range(10, 10 + count)]
        server.send_bytes(b"".join(pings))
        server.answer_to(10 + count - 1)
        ids = [m["id"] for m in server.received if "error" in m]
        equal(ids, list(range(10, 10 + count)), "answers in the order of the questions")


def test_other_headers():
    with Server() as server:
        text = body(INITIALIZE)
        server.send_bytes(
            b"Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(text)
            + text
        )
        server.answer_to(1)
        text = body(PING)
        server.send_bytes(b"content-length:%d  \r\nX-Other: some: thing\r\n\r\n" % len(text) + text)
        equal(server.answer_to("ping")["error"]["code"], -32601)


def test_lines_that_end_in_lf_alone():
    with Server() as server:
        text = body(INITIALIZE)
        server.send_bytes(b"Content-Length: %d\n\n" % len(text) + text)
        server.answer_to(1)
        answers(server, "after LF alone")


def recovered(bad, what):
    """A bad piece is answered once without an id, and the good message after it is understood."""
    with Server() as server:
        initialized(server)
        server.send_bytes(bad)
        answers(server, what)
        equal(server.errors_without_id(), [-32700], what)


def test_a_header_without_a_length():
    recovered(b"Content-Type: x\r\n\r\n", "no Content-Length")


def test_a_length_that_is_no_number():
    for length in (b"", b"x", b"-1", b"0x10", b"1e3", b"12 34"):
        recovered(b"Content-Length: " + length + b"\r\n\r\n", f"Content-Length {length}")


def test_no_header_at_all():
    recovered(b"this is not a header\r\n\r\n", "garbage")


def test_a_header_without_end():
    """Above 4 KiB it cannot be a header."""
    recovered(b"X-Long: " + b"x" * 5000 + b"\r\n\r\n", "a long header")


def test_a_long_header_that_is_fine():
    with Server() as server:
        initialized(server)
        text = body(PING)
        server.send_bytes(b"X-Long: " + b"x" * 3900 + b"\r\nContent-Length: %d\r\n\r\n" % len(text) + text)
        equal(server.answer_to("ping")["error"]["code"], -32601)


def test_a_body_that_is_not_json():
    for text in (b"{", b"", b"nonsense", b'{"a":1}}', b'{"a":1} {"b":2}', b"{'a':1}", b"[1,]"):
        recovered(frame(text), repr(text))


def test_a_body_that_is_json_but_no_message():
    for text in (b"1", b"null", b'"text"', b"[]", b"{}", b'{"jsonrpc":"2.0","id":7}', b'{"id":true,"method":"x"}'):
        with Server() as server:
            initialized(server)
            server.send_bytes(frame(text))
            answers(server, repr(text))
            # An answer to nothing we asked may be passed over; the rest is no request.
            want = [] if b'"id":7' in text else [-32600]
            equal(server.errors_without_id(), want, repr(text))


def test_text_that_is_not_utf8():
    """JSON must be UTF-8. Whatever covls thinks of it, its own answers are."""
    with Server() as server:
        initialized(server)
        server.send_bytes(frame(b'{"jsonrpc":"2.0","id":9,"method":"test/\xff\xc3("}'))
        answers(server, "after bytes that are no text")
        true(any("error" in m and m["id"] in (9, None) for m in server.received), "an error is told")


def test_deep_nesting():
    """Neither a crash nor an end: an answer."""
    for depth in (50, 5000, 200000):
        with Server() as server:
            initialized(server)
            server.send_bytes(frame(b'{"jsonrpc":"2.0","method":"x","params":' + b"[" * depth + b"]" * depth + b"}"))
            answers(server, f"{depth} levels")


def test_a_body_above_the_limit():
    """64 MiB and a bit: told, passed over, and the stream goes on."""
    with Server(log=False) as server:
        initialized(server)
        length = 64 * 1024 * 1024 + 1
        server.send_bytes(b"Content-Length: %d\r\n\r\n" % length)
        piece = b" " * 65536
        left = length
        while left:
            part = piece[: min(left, len(piece))]
            server.send_bytes(part)
            left -= len(part)
        answers(server, "after a body that was too long")
        equal(len(server.errors_without_id()), 1, "errors told")


def test_a_large_message_is_fine():
    with Server(log=False) as server:
        initialized(server)
        text = "x = 1\n" * 1_000_000
        server.open("untitled:big", text)
        answers(server, "after 6 MB")
        equal(server.errors_without_id(), [])


def test_two_faults_and_a_message_between():
    with Server() as server:
        initialized(server)
        server.send_bytes(b"garbage\r\n\r\n" + frame(PING) + frame(b"{"))
        server.answer_to("ping")
        server.wait(lambda: len(server.errors_without_id()) == 2, "two errors")
        equal(server.errors_without_id(), [-32700, -32700])


main(globals())
