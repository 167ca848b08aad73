"""Errors in the shapes that the platform, the log and X-Ray want. `traceback` is large, so it waits for the first error."""

import os

from . import codec, log

# A header is no place for more; a cause that is larger is left out, as the caller gets the whole error anyway.
XRAY_CAUSE_BYTES_MAX = 24 * 1024


class Fault(Exception):
    """A fault that the runtime itself has found, with Lambda's name for it."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.trace = list(trace)


def describe(error, request_id=""):
    """What the caller receives."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        import traceback
        error_type, trace = type(error).__name__, traceback.format_list(frames_of(error))
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def report(body):
    log.write_error(body)


def xray_cause(error):
    frames = [] if isinstance(error, Fault) else frames_of(error)
    error_type = "LambdaValidationError" if isinstance(error, Fault) else type(error).__name__
    cause = codec.encode({
        "working_directory": os.getcwd(),
        "exceptions": [{
            "message": str(error),
            "type": error_type,
            "stack": [{"label": function, "path": path, "line": line} for path, line, function, _ in frames],
        }],
        "paths": list({path for path, _, _, _ in frames}),
    }, ascii_only=True)
    return cause if len(cause) <= XRAY_CAUSE_BYTES_MAX else None


def frames_of(error):
    """The customer's frames: the story begins where the runtime called the handler."""
    import traceback
    frames = [(frame.filename, frame.lineno, frame.name, frame.line) for frame in traceback.extract_tb(error.__traceback__)]
    own = os.path.dirname(__file__)
    first = next((at for at, (path, *_) in enumerate(frames) if not path.startswith((own, "<frozen importlib"))), 0)
    return frames[first:]
