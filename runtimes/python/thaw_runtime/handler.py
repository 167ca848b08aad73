"""Finds the function that _HANDLER names: `module.function`, `package.module.function` or `package/module.function`."""

import sys

from .errors import Fault


def load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        raise Fault("Runtime.MalformedHandlerName", f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)")
    module = load_module(module_name)
    try:
        return getattr(module, function_name)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", f"Handler '{function_name}' missing on module '{module_name}'") from None


def load_module(name):
    if name.split(".")[0] in sys.builtin_module_names:
        raise Fault("Runtime.BuiltInModuleConflict", f"Cannot use built-in module {name} as a handler module")
    dotted = name.replace("/", ".")
    try:
        if dotted.startswith("."):
            raise TypeError(f"the 'package' argument is required to perform a relative import for '{dotted}'")
        __import__(dotted)
        return sys.modules[dotted]
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", f"Unable to import module '{name}': {error}") from error
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        raise Fault("Runtime.UserCodeSyntaxError", f"Syntax error in module '{name}': {error}", trace) from error
