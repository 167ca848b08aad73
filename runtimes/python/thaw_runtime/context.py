"""The second argument of every handler."""

import os
import time

from . import codec, log
from .errors import Fault


class Record:
    """An object with a fixed set of attributes, None where the caller gave nothing."""

    __slots__ = ()

    def __init__(self, values):
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self):
        return f"{type(self).__name__}([{','.join(f'{name}={getattr(self, name)}' for name in self.__slots__)}])"


class CognitoIdentity(Record):
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(Record):
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(Record):
    __slots__ = ("custom", "env", "client")


class LambdaContext:
    def __init__(self, invocation):
        environ = os.environ
        self.aws_request_id = invocation.id
        self.log_group_name = environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = invocation.function_arn
        self.tenant_id = invocation.tenant_id
        self.client_context = client_context_of(invocation)
        self.identity = identity_of(invocation)
        self._epoch_deadline_time_in_ms = invocation.deadline

    def get_remaining_time_in_millis(self):
        return max(0, self._epoch_deadline_time_in_ms - int(time.time() * 1000))

    def log(self, message):
        log.write(str(message))

    def __repr__(self):
        names = ("aws_request_id", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb", "function_version",
                 "invoked_function_arn", "client_context", "identity", "tenant_id")
        return f"LambdaContext([{','.join(f'{name}={getattr(self, name)}' for name in names)}])"


def client_context_of(invocation):
    if not invocation.client_context:
        return None
    context = ClientContext(parse(invocation.client_context, "Client Context"))
    if context.client is not None:
        context.client = Client(context.client)
    return context


def identity_of(invocation):
    given = parse(invocation.identity, "Cognito Identity") if invocation.identity else {}
    return CognitoIdentity({
        "cognito_identity_id": given.get("cognitoIdentityId"),
        "cognito_identity_pool_id": given.get("cognitoIdentityPoolId"),
    })


def parse(header, name):
    try:
        return codec.decode(header.encode())
    except Exception as error:
        raise Fault("Runtime.LambdaContextUnmarshalError", f"Unable to parse {name} JSON: {error}") from error
