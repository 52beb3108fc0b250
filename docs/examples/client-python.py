#!/usr/bin/env python3
"""A client for Resilient SSE in Python, with the standard library alone.

    python3 client-python.py http://127.0.0.1:8080/stream/search?query=tides

prints a JSON object a line for each event, state, error and diagnostic, so that
`conformance run --client "python3 client-python.py"` can grade it. SSE_URL may hold the URL, SSE_AUTHORIZATION a value
for the Authorization header. It ends with 0 when the stream was completed, 1 when it failed, 2 for a wrong call.
"""

import codecs
import email.utils
import http.client
import json
import os
import queue
import random
import re
import secrets
import socket
import sys
import threading
import time
import urllib.parse

KNOWN_TYPES = ("content_chunk", "heartbeat", "complete", "error")
RETRIED = (408, 425, 429, 500, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
BASE_SECONDS, CAP_SECONDS, MOST_ATTEMPTS = 1.0, 5.0, 5
LONGEST_FLOOR_SECONDS = 60.0
CONNECT_SECONDS = 10.0
MOST_EVENT_BYTES = 2 * 1024 * 1024  # at least 1 MiB, EVENT-024
MOST_REDIRECTS = 5


class Lost(Exception):
    """The connection or the attempt is lost: reconnect, not before `floor` seconds."""

    def __init__(self, message, floor=0.0):
        super().__init__(message)
        self.floor = floor


class Ended(Exception):
    """The stream has ended: `completed` with a reason, or `failed` with a code."""

    def __init__(self, state, reason=None, message=None):
        super().__init__(message or reason)
        self.state, self.reason, self.message = state, reason, message


class Parser:
    """Bytes to events, whatever the reads: yields (type, id, data), keeps the reconnection time."""

    LINE_END = re.compile(rb"[\r\n]")

    def __init__(self, on_retry):
        self.on_retry = on_retry
        self.rest = bytearray()
        self.searched = 0
        self.at_start, self.skip_lf = True, False
        self.clear()

    def clear(self):
        self.type, self.id, self.data, self.size = "", None, [], 0

    def feed(self, chunk):
        self.rest += chunk
        if self.at_start:  # one byte order mark, EVENT-016
            if len(self.rest) < 3 and codecs.BOM_UTF8.startswith(bytes(self.rest)):
                return
            if self.rest.startswith(codecs.BOM_UTF8):
                del self.rest[:3]
            self.at_start = False
        begin = 0
        while True:
            # A CR ends its line at once; the LF of a CRLF may come with the next read, EVENT-015.
            if self.skip_lf and begin < len(self.rest):
                begin += self.rest[begin] == 0x0A
                self.skip_lf = False
            end = self.LINE_END.search(self.rest, max(begin, self.searched))
            if end is None:
                break
            line = bytes(self.rest[begin : end.start()])
            self.skip_lf = end.group() == b"\r"
            begin = self.searched = end.end()
            self.size += len(line) + 1
            event = self.take_line(line.decode("utf-8", "replace"))
            if event is not None:
                yield event
        del self.rest[:begin]
        self.searched = len(self.rest)
        if self.size + len(self.rest) > MOST_EVENT_BYTES:  # EVENT-025
            raise Ended("failed", "too_large", f"an event is larger than {MOST_EVENT_BYTES} bytes")

    def take_line(self, line):
        if line == "":
            event = (self.type or "message", self.id, "\n".join(self.data)) if self.data else None
            self.clear()
            return event
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.type = value
        elif name == "id" and "\0" not in value:  # EVENT-029
            self.id = value
        elif name == "retry":
            self.on_retry(value)
        return None


class Connection:
    """One request and its answer; a thread reads, so that the client can wait for bytes and for time at once."""

    def __init__(self, url, headers):
        self.closed = False
        self.chunks = queue.Queue(maxsize=64)
        for _ in range(MOST_REDIRECTS):
            address = urllib.parse.urlsplit(url)
            secure = address.scheme == "https"
            kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
            http_connection = kind(address.netloc, timeout=CONNECT_SECONDS)  # RETRY-022
            http_connection.connect()
            self.socket = http_connection.sock
            target = (address.path or "/") + (f"?{address.query}" if address.query else "")
            try:
                http_connection.request("GET", target, headers=headers)
                self.answer = http_connection.getresponse()
            except BaseException:
                self.close()
                raise
            location = self.answer.headers.get("Location")
            if self.answer.status not in REDIRECTS or location is None:
                return
            url = urllib.parse.urljoin(url, location)
            self.close()
        raise Ended("failed", "http_status", "too many redirects")

    def start_reading(self):
        self.socket.settimeout(None)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        """Puts chunks of bytes, then None at the end, however that came about."""
        chunk = b"-"
        while chunk and not self.closed:
            try:
                chunk = self.answer.read1(65536)
            except (OSError, http.client.HTTPException, ValueError):
                chunk = b""
            while not self.closed:
                try:
                    self.chunks.put(chunk or None, timeout=0.5)
                    break
                except queue.Full:
                    pass

    def close(self):
        self.closed = True
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()


class Client:
    def __init__(self, url, emit, authorization=None):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
        if "stream_id" not in query:  # 128 random bits, HTTP-035
            url += ("&" if "?" in url else "?") + "stream_id=" + secrets.token_urlsafe(16)
        self.url, self.emit = url, emit
        self.headers = {"Accept": "text/event-stream", "X-Trace-ID": secrets.token_hex(16)}
        if authorization:
            self.headers["Authorization"] = authorization
        self.state, self.mark, self.attempts, self.retry = "idle", 0, 0, 0.0
        self.broken = set()  # what went wrong once since the last new id: "gap", "protocol"
        self.interval, self.silence = 5.0, 15.0

    def announce(self, state, **members):
        self.state = state
        self.emit({"type": "state", "state": state, **members})

    def diagnose(self, code, message):
        self.emit({"type": "diagnostic", "code": code, "message": message})

    def run(self):
        while True:
            try:
                self.attempt()
            except Lost as lost:
                delay = self.delay_after(lost)
                if delay is None:
                    return self.fail("attempts", f"no progress in {MOST_ATTEMPTS} attempts; the last: {lost}")
                self.announce("reconnecting", attempt=self.attempts, maxAttempts=MOST_ATTEMPTS, delayMs=delay * 1000)
                time.sleep(delay)
            except Ended as end:
                if end.state == "failed":
                    return self.fail(end.reason, end.message)
                self.announce("completed", **({"reason": end.reason} if end.reason else {}))
                return True

    def fail(self, code, message):
        self.emit({"type": "error", "code": code, "message": message})
        self.announce("failed", reason=code, code=code, message=message)
        return False

    def delay_after(self, lost):
        """Seconds before the next attempt; None where the attempts are used up."""
        if self.attempts >= MOST_ATTEMPTS:
            return None
        backoff = min(BASE_SECONDS * 2**self.attempts, CAP_SECONDS)
        self.attempts += 1
        delay = random.uniform(0.6, 1.0) * backoff
        floor = min(max(self.retry, lost.floor), LONGEST_FLOOR_SECONDS)  # RETRY-010
        return delay if delay >= floor else floor * random.uniform(1.0, 1.05)

    def attempt(self):
        self.announce("connecting", attempt=self.attempts)
        headers = dict(self.headers)
        if self.mark > 0:  # RETRY-016
            headers["Last-Event-ID"] = str(self.mark)
        connection = None
        try:
            connection = Connection(self.url, headers)
            self.check(connection.answer)
            self.follow(connection)
        except (OSError, http.client.HTTPException) as cause:
            raise Lost(str(cause) or type(cause).__name__) from cause
        finally:
            if connection is not None:
                connection.close()  # END-008

    def check(self, answer):
        status, kind = answer.status, (answer.headers.get("Content-Type") or "").split(";")[0].strip().lower()
        if status == 204:
            raise Ended("completed")
        if status in RETRIED:
            raise Lost(f"status {status}", seconds_of_retry_after(answer.headers.get("Retry-After")))
        if status != 200:
            raise Ended("failed", "http_status", f"the answer has status {status}")
        if kind != "text/event-stream":  # HTTP-036
            raise Ended("failed", "media_type", f"the answer is {kind or 'of no type'}, not text/event-stream")

    def follow(self, connection):
        headers = connection.answer.headers
        self.interval = self.seconds("X-Heartbeat-Interval", headers.get("X-Heartbeat-Interval"), 5.0)
        self.silence = self.seconds("X-Silence-Threshold", headers.get("X-Silence-Threshold"), 15.0)
        self.announce("open")
        self.opened = self.last_event = time.monotonic()
        self.is_first_heartbeat = True
        parser = Parser(self.take_retry)
        connection.start_reading()
        while True:
            chunk = self.next_chunk(connection)
            if chunk is None:  # END-007
                raise Lost("the connection ended without a terminal event")
            for kind, event_id, data in parser.feed(chunk):
                self.take(kind, event_id, data)

    def next_chunk(self, connection):
        """Waits for bytes; tells of waiting on the way, and gives up at the silence threshold."""
        while True:
            quiet = time.monotonic() - self.last_event
            waits_at = self.silence if self.state == "waiting" else min(2 * self.interval, self.silence)
            try:
                # What has arrived is taken in before the silence is judged.
                return connection.chunks.get(timeout=max(0.0, waits_at - quiet))
            except queue.Empty:
                if time.monotonic() - self.last_event >= self.silence:
                    raise Lost("silence longer than the threshold") from None  # HEARTBEAT-013
                if self.state == "open":
                    self.announce("waiting")  # STATE-004

    def take(self, kind, event_id, data):
        self.last_event = time.monotonic()
        if self.state == "waiting":
            self.announce("open")  # STATE-005
        if self.last_event - self.opened >= 2 * self.interval:  # RETRY-015
            self.attempts = 0
        number = number_of(event_id)
        if event_id is not None and number is None:
            self.diagnose("malformed-id", f"expected a number as id, got {event_id[:40]!r}")
        if number is not None:
            if number <= self.mark:  # DEDUPE-001
                return
            if number > self.mark + 1:  # DEDUPE-004
                self.break_off("gap", f"event {number} came after {self.mark}")
        payload = None
        if kind in KNOWN_TYPES:
            payload = object_of(data)
            if payload is None:  # EVENT-026
                self.break_off("protocol", f"the data of {kind} {event_id or ''} is no JSON object")
            self.emit({"type": "event", "event": kind, "id": event_id, "data": data})
        if number is not None:
            self.mark, self.attempts = number, 0
            self.broken.clear()
        if kind == "heartbeat":
            self.take_parameters(payload)
        elif kind == "complete":
            raise Ended("completed", str(payload.get("reason")))
        elif kind == "error":  # END-012, END-013
            raise Ended("failed", str(payload.get("code")), str(payload.get("message")))

    def break_off(self, code, message):
        """Reconnects the first time, fails the second time."""
        if code in self.broken:
            raise Ended("failed", code, message)
        self.broken.add(code)
        self.diagnose(code, message)
        raise Lost(message)

    def take_parameters(self, payload):
        """The first heartbeat of a connection wins over the headers, HTTP-037."""
        if self.is_first_heartbeat:
            self.is_first_heartbeat = False
            self.interval = self.seconds("heartbeat_interval", payload.get("heartbeat_interval"), self.interval)
            self.silence = self.seconds("silence_threshold", payload.get("silence_threshold"), self.silence)

    def take_retry(self, value):
        if re.fullmatch(r"[0-9]+", value):
            self.retry = min(int(value[:12]) / 1000, LONGEST_FLOOR_SECONDS)
        else:  # RETRY-011
            self.diagnose("malformed-retry", f"expected digits, got {value[:40]!r}")

    def seconds(self, name, value, default):
        """A header's text or a heartbeat's number, HTTP-013; what cannot be used is named, HTTP-014."""
        if value is None:
            return default
        is_text = isinstance(value, str) and re.fullmatch(r"[0-9]{1,5}(\.[0-9]{1,3})?", value)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if (is_text or is_number) and 0.05 <= float(value) <= 86400:
            return float(value)
        self.diagnose("parameter", f"{name}: expected seconds from 0.05 to 86400, got {str(value)[:40]!r}; using {default}")
        return default


def number_of(event_id):
    """Ids are numbers without a leading zero, compared as numbers, ID-008."""
    return int(event_id) if event_id is not None and re.fullmatch(r"[1-9][0-9]{0,15}", event_id) else None


def object_of(data):
    try:
        value = json.loads(data)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def seconds_of_retry_after(value):
    """Seconds or a date, RETRY-012; 0 for anything else."""
    if value is None:
        return 0.0
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


def main():
    url = os.environ.get("SSE_URL") or (sys.argv[1] if len(sys.argv) > 1 else None)
    if url is None or not url.startswith(("http://", "https://")):
        print("expected the URL of a stream, in SSE_URL or as the argument", file=sys.stderr)
        return 2

    def emit(line):
        print(json.dumps(line), flush=True)

    return 0 if Client(url, emit, os.environ.get("SSE_AUTHORIZATION")).run() else 1


if __name__ == "__main__":
    sys.exit(main())
