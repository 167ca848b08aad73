"""Where log events go: to stdout by lines, or framed to the descriptor of _LAMBDA_TELEMETRY_LOG_FD; spec: 5.4."""

import _thread
import os
import sys
import time

from . import codec

json_format = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
request_id = None
tenant_id = None

# Logging's levels by ten, as frames number them; 0 is "no level".
FRAME_LEVELS = {10: 2, 20: 3, 30: 4, 40: 5, 50: 6}
ERROR = 40

_descriptor = None

# Frames on their way, and who writes them: a signal's handler, which interrupts a write, leaves its own to that one.
_waiting = []
_writing = _thread.RLock()
_is_writing = False


def open_streams():
    global _descriptor
    number = os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
    if number:
        try:
            # Not for children; and a wrapper may have closed it.
            os.set_inheritable(int(number), False)
            _descriptor = int(number)
            os.register_at_fork(after_in_child=begin_anew)
        except (OSError, ValueError):
            pass
    # A line leaves when it is complete: a process that is killed or frozen keeps nothing back.
    sys.stdout.reconfigure(encoding="utf-8", line_buffering=True)
    sys.stderr.reconfigure(encoding="utf-8", line_buffering=True)


def begin_anew():
    """Whoever wrote when the process forked is not there to end it."""
    global _waiting, _writing, _is_writing
    _waiting, _writing, _is_writing = [], _thread.RLock(), False


def flush():
    """What was printed without a line feed belongs to this invocation, too."""
    sys.stdout.flush()
    sys.stderr.flush()


def write(text, level=0, as_json=False):
    if _descriptor is None:
        sys.stdout.write(text)
        return
    message = text.encode("utf-8", "surrogatepass")
    kind = 0xA55A0002 | (0 if as_json else 1) | FRAME_LEVELS.get(level, 0) << 2
    frame = kind.to_bytes(4, "big") + len(message).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big") + message
    _waiting.append(frame)
    while _waiting and write_frames():
        pass


def write_frames():
    """Writes what waits, one frame behind the other: each may go in parts, and other threads write, too. False when this thread does."""
    global _is_writing
    with _writing:
        if _is_writing:
            return False
        _is_writing = True
        try:
            while _waiting:
                frame = _waiting.pop(0)
                while frame:
                    frame = frame[os.write(_descriptor, frame):]
        finally:
            _is_writing = False
    return True


def write_error(body):
    """An error that the handler did not catch, as one event."""
    if json_format:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        text = codec.encode({"timestamp": now, "level": "ERROR", **body}).decode()
    else:
        # A line feed on stdout would end the event, and leading spaces are trimmed from what follows a carriage return.
        title = f"[ERROR] {body['errorType']}" + (f": {body['errorMessage']}" if body["errorMessage"] else "")
        lines = [title, "Traceback (most recent call last):"]
        for entry in body["stackTrace"]:
            lines += [indented(line) for line in entry.splitlines()] or [""]
        text = ("\r" if _descriptor is None else "\n").join(lines)
    write(text if _descriptor is not None else f"{text}\n", ERROR, json_format)
    flush()


def indented(line):
    words = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(words)) + words
