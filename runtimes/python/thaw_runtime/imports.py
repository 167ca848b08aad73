"""Where `import` looks: the function, its layers and the customer's PYTHONPATH, Python itself, and last the machine.

The last is how `boto3` is found that Lambda bundles: the machine's copy, unless the function or a layer has one. A path costs
nothing until an import gets that far. `logging` is set up when somebody imports it, so a function that does not never pays for it.
"""

import builtins
import os
import sys
from _frozen_importlib_external import PathFinder


def arrange():
    sys.meta_path.insert(0, LoggingImport)
    runtime = sys.path[0]
    sys.path[0] = os.environ.get("LAMBDA_TASK_ROOT") or os.getcwd()
    sys.path.append(runtime)
    sys.path.extend(machine_packages())
    make_up_for_site()


def machine_packages():
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    yield f"{sys.prefix}/lib/{version}/site-packages"
    if sys.prefix == "/usr":
        yield f"/usr/local/lib/{version}/dist-packages"
        yield "/usr/lib/python3/dist-packages"


def make_up_for_site():
    """Functions rely on two things that `site` does: the words exit and quit, and a layer's sitecustomize."""
    import _sitebuiltins
    builtins.exit = _sitebuiltins.Quitter("exit", "Ctrl-D (i.e. EOF)")
    builtins.quit = _sitebuiltins.Quitter("quit", "Ctrl-D (i.e. EOF)")
    for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep):
        if folder and os.path.isfile(f"{folder}/sitecustomize.py"):
            import sitecustomize  # noqa: F401
            break


class LoggingImport:
    """Sees the first `import logging` through and sets up the root logger behind it."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "logging":
            return None
        sys.meta_path.remove(cls)
        spec = PathFinder.find_spec(name, path, target)
        run = spec.loader.exec_module

        def run_and_set_up(module):
            run(module)
            from . import log_records
            log_records.set_up(module)

        spec.loader.exec_module = run_and_set_up
        return spec
