"""The Runtime API as calls; spec: section 2."""

import sys

from . import codec
from .connection import Connection

BASE = "/2018-06-01/runtime"
JSON = "application/json"

# The platform refused this answer, not this process: the invocation is too late or its answer too large. Work goes on.
REFUSALS = {400, 403, 410, 413}


class Invocation:
    def __init__(self, headers, event):
        self.id = headers["lambda-runtime-aws-request-id"]
        self.attempt = headers.get("lambda-runtime-invocation-id")
        self.deadline = int(headers.get("lambda-runtime-deadline-ms", 0))
        self.function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.trace_id = headers.get("lambda-runtime-trace-id")
        self.client_context = headers.get("lambda-runtime-client-context")
        self.identity = headers.get("lambda-runtime-cognito-identity")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self.content_type = headers.get("content-type", JSON)
        self.event = event

    @property
    def path(self):
        return f"{BASE}/invocation/{quoted(self.id)}"


class RuntimeApi:
    def __init__(self, authority):
        self._connection = Connection(authority)

    def next(self):
        status, headers, body = self._connection.request("GET", f"{BASE}/invocation/next")
        if status != 200:
            sys.exit(f"Runtime API: next was answered with {status}: {body.decode(errors='replace')}")
        return Invocation(headers, body)

    def restore_next(self):
        status, _, body = self._connection.request("GET", f"{BASE}/restore/next")
        if status != 200:
            raise RuntimeError(f"restore/next was answered with {status}: {body.decode(errors='replace')}")

    def respond(self, invocation, content, content_type):
        self._post(f"{invocation.path}/response", content, {"Content-Type": content_type, **echo(invocation)})

    def fail(self, invocation, body, xray_cause):
        headers = echo(invocation)
        if xray_cause:
            headers["Lambda-Runtime-Function-XRay-Error-Cause"] = xray_cause.decode()
        self._post_error(f"{invocation.path}/error", body, body["errorType"], headers)

    def fail_init(self, body, error_type):
        self._post_error(f"{BASE}/init/error", body, error_type)

    def fail_restore(self, body, error_type):
        self._post_error(f"{BASE}/restore/error", body, error_type)

    def _post_error(self, path, body, error_type, headers={}):
        content = codec.encode(body, default=str)
        self._post(path, content, {"Content-Type": JSON, "Lambda-Runtime-Function-Error-Type": error_type, **headers})

    def _post(self, path, content, headers):
        status, _, body = self._connection.request("POST", path, headers, content)
        if status >= 300:
            text = f"The Runtime API refused an answer with {status}: {body.decode(errors='replace').strip()}"
            if status not in REFUSALS:
                sys.exit(text)
            print(text)


def echo(invocation):
    """Lets the platform tell this attempt from an earlier one with the same request id; spec: ENV-073."""
    return {"Lambda-Runtime-Invocation-Id": invocation.attempt} if invocation.attempt else {}


def quoted(text):
    """Customers choose request ids, so one may hold anything."""
    if text.isascii() and text.replace("-", "").isalnum():
        return text
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 or byte in b"-_.~" else f"%{byte:02X}" for byte in text.encode())
