"""The root logger's handler: a record becomes one event, as text or as JSON; spec: 5.2."""

import logging
import os
import time

from . import codec, log

TEXT = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
SECONDS = "%Y-%m-%dT%H:%M:%S"

# Attributes that every record has; what is left was given as `extra`.
STANDARD = {*logging.makeLogRecord({}).__dict__, "message", "asctime", "aws_request_id", "tenant_id"}


def set_up(logging):
    logging.Formatter.converter = time.gmtime
    handler = EventHandler()
    handler.setFormatter(JsonFormatter() if log.json_format else logging.Formatter(TEXT, SECONDS))
    handler.addFilter(add_invocation)
    root = logging.getLogger()
    root.addHandler(handler)
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
    level = logging.getLevelName("DEBUG" if level == "TRACE" else level)
    if isinstance(level, int):
        root.setLevel(level)


def add_invocation(record):
    record.aws_request_id = log.request_id or ""
    record.tenant_id = log.tenant_id
    return True


def rounded(level):
    return min(50, max(0, level)) // 10 * 10


class EventHandler(logging.Handler):
    def emit(self, record):
        try:
            log.write(self.format(record), rounded(record.levelno), log.json_format)
        except Exception:
            self.handleError(record)


class JsonFormatter(logging.Formatter):
    def format(self, record):
        event = {
            "timestamp": f"{time.strftime(SECONDS, time.gmtime(record.created))}.{int(record.msecs):03d}Z",
            "level": logging.getLevelName(rounded(record.levelno)),
            "message": record.getMessage(),
            "logger": record.name,
            **error_of(record),
            "requestId": record.aws_request_id,
        }
        if record.tenant_id is not None:
            event["tenantId"] = record.tenant_id
        for name, value in record.__dict__.items():
            if name not in STANDARD and value is not None:
                event.setdefault(name, value)
        return codec.encode(event, default=str).decode() + "\n"


def error_of(record):
    if not record.exc_info or record.exc_info[0] is None:
        return {}
    import traceback
    kind, error, trace = record.exc_info
    return {
        "stackTrace": traceback.format_tb(trace),
        "errorType": kind.__name__,
        "errorMessage": str(error),
        "location": f"{record.pathname}:{record.funcName}:{record.lineno}",
    }
