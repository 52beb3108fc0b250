#!/usr/bin/env python3
"""A Resilient SSE 1.0 server on Python's standard library, written from the spec alone.

    python3 server-python.py [--port 3000] [--heartbeat 5] [--silence 15] [--cap 60] [--delay 0.05]

GET /stream?query=WORDS&stream_id=ID   reads a stream; query=endless, query=failing, query=evicting and query=long give the
occasions that a run of the conformance kit asks for. POST /streams creates one from a form body.
"""
import argparse
import datetime
import json
import re
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

STREAM_ID = re.compile(r"[A-Za-z0-9._~-]{1,128}\Z")
TRACE_ID = re.compile(r"[A-Za-z0-9._-]{1,128}\Z")
TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}\Z")
CURSOR = re.compile(r"(0|[1-9][0-9]{0,15})\Z", re.ASCII)
TEXT = ("A tide is the sea answering the moon. It rises where the pull is strongest and where it is weakest, "
        "and falls in between, so that most shores see two high waters a day. ").split()
PARAMETER_HEADERS = ("X-Trace-ID, X-Stream-ID, X-Stream-Max-Seconds, X-Heartbeat-Interval, X-Silence-Threshold, "
                     "X-Stream-Protocol, X-Replay-Retention, Content-Location, Retry-After")
RETENTION_SECONDS = 60
HISTORY_BYTES = {"evicting": 600}


class Stream:
    """The logical sequence of events 1 to n; it lives on whoever reads it."""

    def __init__(self, stream_id, trace_id, parameters, settings):
        self.id, self.trace_id, self.parameters, self.settings = stream_id, trace_id, parameters, settings
        self.born = time.monotonic()
        self.grown = threading.Condition()
        self.events, self.first, self.head, self.chunks, self.ended = [], 1, 0, 0, None
        self.bound = HISTORY_BYTES.get(parameters.get("query"), 8 << 20)

    def age(self):
        return time.monotonic() - self.born

    def append(self, kind, data):
        """Adds an event with the next id. The first terminal event wins; after it nothing is added."""
        with self.grown:
            if self.ended is not None:
                return False
            self.head += 1
            if kind == "content_chunk":
                self.chunks += 1
            else:
                self.ended = time.monotonic()
                if kind == "complete":
                    data = {**data, "duration": round(self.age(), 3), "total_chunks": self.chunks}
            data = json.dumps({**data, "trace_id": self.trace_id}, ensure_ascii=False)
            self.events.append((self.head, f"id: {self.head}\nevent: {kind}\ndata: {data}\n\n".encode()))
            while sum(len(frame) for _, frame in self.events) > self.bound and len(self.events) > 1:
                self.events.pop(0)
                self.first += 1
            self.grown.notify_all()
            return True

    def after(self, cursor):
        return [event for event in self.events if event[0] > cursor]

    def heartbeat(self, count):
        with self.grown:
            age = self.age()
            data = {
                "stream_id": self.id, "trace_id": self.trace_id,
                "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds"),
                "uptime_seconds": round(age, 3), "total_chunks": self.chunks, "heartbeat_count": count,
                "remaining_seconds": round(max(0, self.settings.cap - age), 3), "max_duration": self.settings.cap,
                "heartbeat_interval": self.settings.heartbeat, "silence_threshold": self.settings.silence,
                "protocol": "1.0", "head_id": self.head,
            }
            return f"event: heartbeat\ndata: {json.dumps(data)}\n\n".encode()

    def produce(self):
        """The generator: words at a pace, until the text, the cap or a failure ends it."""
        query = self.parameters.get("query", "")
        words = 0
        while self.ended is None:
            if query == "failing" and words == 5:
                self.append("error", {"code": "generation_failed", "message": "The generator stopped.", "retryable": True})
            elif words == len(TEXT) * (4 if query == "long" else 1) and query != "endless":
                self.append("complete", {"reason": "done"})
            else:
                self.append("content_chunk", {"content": TEXT[words % len(TEXT)] + " "})
                words += 1
                time.sleep(self.settings.delay / (4 if query == "long" else 1))

    def end_at_cap(self):
        self.append("complete", {"reason": "duration_cap"})


class Streams:
    """All streams that are running or still kept."""

    def __init__(self, settings):
        self.settings, self.lock, self.streams = settings, threading.Lock(), {}

    def find(self, stream_id):
        with self.lock:
            for key, stream in list(self.streams.items()):
                if stream.ended is not None and time.monotonic() - stream.ended > RETENTION_SECONDS:
                    del self.streams[key]
            return self.streams.get(stream_id)

    def find_or_create(self, stream_id, trace_id, parameters):
        with self.lock:
            stream = self.streams.get(stream_id)
            if stream is not None:
                return stream
            stream = self.streams[stream_id] = Stream(stream_id, trace_id, parameters, self.settings)
        threading.Thread(target=stream.produce, daemon=True).start()
        cap = threading.Timer(self.settings.cap, stream.end_at_cap)
        cap.daemon = True
        cap.start()
        return stream


def accepts_events(accept):
    """Whether an Accept header allows text/event-stream (RFC 9110, section 12.5.1)."""
    best = (-1, 0.0)
    for item in (accept or "*/*").split(","):
        media, *parameters = [part.strip().lower() for part in item.split(";")]
        rank = {"text/event-stream": 2, "text/*": 1, "*/*": 0}.get(media)
        if rank is None:
            continue
        weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
        best = max(best, (rank, float(weight) if re.match(r"[01](\.[0-9]{0,3})?\Z", weight) else 1.0))
    return best[1] > 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    streams: Streams

    def log_message(self, *_):
        pass

    def do_OPTIONS(self):
        self.send_response(204)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE")
        self.send_header("Access-Control-Allow-Headers", "Last-Event-ID, X-Trace-ID, Content-Type")
        self.end_headers()

    def do_HEAD(self):
        self.send_response(405)
        self.send_header("Allow", "GET, POST, DELETE, OPTIONS")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_DELETE(self):
        parameters = self.read_query()
        if parameters is None:
            return
        stream = self.streams.find(parameters.pop("stream_id", None))
        if stream is None:
            self.refuse(404, "No such stream")
            return
        stream.append("complete", {"reason": "cancelled"})
        self.send_response(204)
        self.end_headers()

    def do_POST(self):
        parameters = self.read_query()
        if parameters is None:
            return
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > 65536:
            self.refuse(400, "A body of at most 65536 bytes is expected")
            return
        body = parse_qs(self.rfile.read(int(length)).decode("utf-8", "replace"))
        stream_id = parameters.pop("stream_id", None) or secrets.token_hex(16)
        parameters.update({name: values[0] for name, values in body.items()})
        self.read_stream(stream_id, parameters, 0)

    def do_GET(self):
        parameters = self.read_query()
        if parameters is None:
            return
        cursor = self.read_cursor(parameters)
        if cursor is None:
            return
        stream_id = parameters.pop("stream_id", None)
        parameters.pop("last_event_id", None)
        stream = self.streams.find(stream_id)
        if stream is None:
            if cursor > 0:
                self.refuse_cursor("unknown_cursor", cursor, None)
            elif stream_id is None:
                self.refuse(400, "A stream_id is expected in the query")
            else:
                self.read_stream(stream_id, parameters, 0)
            return
        if any(stream.parameters.get(name, value) != value for name, value in parameters.items()):
            self.refuse(409, "This stream was created with other parameters")
            return
        self.read_stream(stream_id, parameters, cursor)

    def read_query(self):
        """The query as names and values; None where it was refused."""
        if not accepts_events(self.headers.get("Accept")) and self.command in ("GET", "POST"):
            self.refuse(406, "Only text/event-stream is served here")
            return None
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        ids = query.get("stream_id", [])
        if len(ids) > 1 or any(not STREAM_ID.match(value) for value in ids):
            self.refuse(400, "stream_id has to match [A-Za-z0-9._~-]{1,128}, once")
            return None
        self.cursors = query.get("last_event_id", [])
        return {name: values[-1] for name, values in query.items()}

    def read_cursor(self, parameters):
        """The cursor, 0 where there is none; None where it was refused."""
        header = [value.strip() for value in self.headers.get_all("Last-Event-ID", [])]
        sent = header if any(header) else self.cursors
        if not sent:
            return 0
        if len(sent) > 1 or not CURSOR.match(sent[0]) or int(sent[0]) > 2**53 - 1:
            self.refuse(400, "The cursor has to be a decimal number from 0 to 9007199254740991")
            return None
        return int(sent[0])

    def read_stream(self, stream_id, parameters, cursor):
        stream = self.streams.find_or_create(stream_id, self.trace_id(), parameters)
        with stream.grown:
            head, first, ended = stream.head, stream.first, stream.ended
        if cursor > head:
            self.refuse_cursor("unknown_cursor", cursor, stream)
        elif ended is not None and cursor == head:
            self.send_response(204)
            self.send_header("X-Trace-ID", stream.trace_id)
            self.end_headers()
        elif cursor + 1 < first:
            self.refuse_cursor("replay_gap", cursor, stream, earliest_available=first)
        else:
            self.send_stream(stream, cursor)

    def trace_id(self):
        given = self.headers.get_all("X-Trace-ID", [])
        if len(given) == 1 and TRACE_ID.match(given[0]):
            return given[0]
        parent = TRACEPARENT.match(self.headers.get("traceparent", ""))
        return parent.group(1) if parent else secrets.token_hex(16)

    def send_stream(self, stream, position):
        settings = stream.settings
        self.start_events(stream.trace_id)
        self.send_header("X-Stream-ID", stream.id)
        self.send_header("X-Stream-Max-Seconds", f"{settings.cap:g}")
        self.send_header("X-Heartbeat-Interval", f"{settings.heartbeat:g}")
        self.send_header("X-Silence-Threshold", f"{settings.silence:g}")
        self.send_header("X-Stream-Protocol", "1.0")
        self.send_header("X-Replay-Retention", str(RETENTION_SECONDS))
        self.send_header("Content-Location", f"/stream?stream_id={quote(stream.id)}")
        self.end_headers()
        try:
            self.follow(stream, position)
        except (BrokenPipeError, ConnectionResetError, TimeoutError):
            pass  # The reader went away, or does not read: the stream goes on, and the reader can resume.

    def follow(self, stream, position):
        """Replay and live are one loop over one number: the id of the last event sent."""
        self.connection.settimeout(5)
        self.wfile.write(stream.heartbeat(1))
        count, due = 2, time.monotonic() + stream.settings.heartbeat
        while True:
            with stream.grown:
                stream.grown.wait_for(lambda: stream.head > position, max(0, due - time.monotonic()))
                events, ended = stream.after(position), stream.ended is not None
            if events and events[0][0] != position + 1:
                return  # Evicted while this reader was slow: it resumes and is told.
            for position, frame in events:
                self.wfile.write(frame)
            if ended and position == stream.head:
                return
            if time.monotonic() >= due:
                self.wfile.write(stream.heartbeat(count))
                count, due = count + 1, due + stream.settings.heartbeat

    def start_events(self, trace_id):
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache, no-store, no-transform")
        self.send_header("X-Accel-Buffering", "no")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Connection", "close")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Expose-Headers", PARAMETER_HEADERS)
        self.send_header("X-Trace-ID", trace_id)

    def refuse_cursor(self, code, cursor, stream, **members):
        """In band, because a native EventSource sees no status."""
        trace_id = stream.trace_id if stream else self.trace_id()
        data = {"code": code, "message": f"Nothing can be sent after {cursor}.", "retryable": True,
                "requested": cursor, **members, "trace_id": trace_id}
        self.start_events(trace_id)
        self.end_headers()
        self.wfile.write(f"event: error\ndata: {json.dumps(data)}\n\n".encode())

    def refuse(self, status, detail):
        body = json.dumps({"type": "about:blank", "title": self.responses[status][0], "status": status,
                           "detail": detail}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(body)


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--heartbeat", type=float, default=5, help="seconds, at most 15")
    parser.add_argument("--silence", type=float, default=15, help="seconds, at least three heartbeats")
    parser.add_argument("--cap", type=float, default=60, help="seconds")
    parser.add_argument("--delay", type=float, default=0.05, help="seconds between words")
    Handler.streams = Streams(parser.parse_args())
    server = Server(("127.0.0.1", Handler.streams.settings.port), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}/stream?query=tides", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
