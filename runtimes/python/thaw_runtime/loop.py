"""The life of the runtime.

    load handler --> (snapshot hooks, restore/next) --> next --> call handler --> response or error --> next ...
         |
    init/error, exit 1
"""

import os
import sys

from . import codec, errors, imports, log
from .context import LambdaContext
from .errors import Fault
from .handler import load_handler
from .runtime_api import RuntimeApi


def main():
    try:
        live()
    except OSError as fault:
        # Only the Runtime API's own faults get here: the platform is gone, and nobody is left to be told.
        sys.exit(f"Runtime API: {fault}")


def live():
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"])
    log.open_streams()
    imports.arrange()
    sys.dont_write_bytecode = True    # The function's folder is read-only in Lambda: no __pycache__ appears beside its source.
    try:
        handler = load_handler(os.environ.get("_HANDLER", ""))
    except Exception as error:
        # Raised inside the handler of the exception, so that instrumentation still finds it in sys.exc_info().
        body = errors.describe(error)
        errors.report(body)
        api.fail_init(body, body["errorType"])
        sys.exit(1)

    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        from . import snapshots
        snapshots.await_restore(api)

    while True:
        invocation = api.next()
        log.request_id = invocation.id
        log.tenant_id = invocation.tenant_id
        set_trace_id(invocation.trace_id)
        serve(api, handler, invocation)


def serve(api, handler, invocation):
    """Only an Exception is the handler's answer: SystemExit ends the process, as in Lambda."""
    try:
        context = LambdaContext(invocation)
        result = handler(event_of(invocation), context)
        content, content_type = response_of(result)
    except Exception as error:
        body = errors.describe(error, invocation.id)
        errors.report(body)
        api.fail(invocation, body, errors.xray_cause(error))
    else:
        log.flush()
        api.respond(invocation, content, content_type)


def event_of(invocation):
    # The content type is the caller's. What curl sends when told nothing is no sign of a form.
    if "json" not in invocation.content_type and invocation.content_type != "application/x-www-form-urlencoded":
        return bytes(invocation.event)
    try:
        return codec.decode(invocation.event)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", f"Unable to unmarshal input: {error}") from error


def response_of(result):
    if isinstance(result, bytes):
        return result, "application/unknown"
    try:
        return codec.encode(result), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def set_trace_id(trace_id):
    if trace_id is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
