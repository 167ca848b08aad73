"""What a process draws at random depends on what lies in its memory, and all clones of a snapshot have the same memory.

The kernel's numbers (os.urandom, secrets, uuid4, SystemRandom) are always new. Renewed here are the generators of `random`, of numpy and
of OpenSSL, if somebody has loaded them. A generator that the function has made itself is its own affair, and that of its hooks.
"""

import os
import sys

SEED_BYTES = 48


def prepare():
    """Whatever takes time, before the snapshot; gives the functions to call after the restore."""
    seeds = [seed for module in ("random", "numpy.random") for seed in found(module, "seed")]
    seeds += [lambda add=add: add(os.urandom(SEED_BYTES), SEED_BYTES) for add in found("_ssl", "RAND_add")]
    seeds += cryptography()
    seeds += shared_libraries()
    return seeds


def found(module, name):
    function = getattr(sys.modules.get(module), name, None)
    return [function] if callable(function) else []


def cryptography():
    """The package of that name brings an OpenSSL of its own, which older versions keep elsewhere."""
    rust = sys.modules.get("cryptography.hazmat.bindings._rust")
    binding = getattr(sys.modules.get("cryptography.hazmat.bindings.openssl.binding"), "Binding", None)
    lib = getattr(getattr(rust, "_openssl", binding), "lib", None)
    add = getattr(lib, "RAND_add", None)
    return [lambda: add(os.urandom(SEED_BYTES), SEED_BYTES, SEED_BYTES)] if add else []


def shared_libraries():
    """Python's OpenSSL, and those that packages such as psycopg2-binary bring."""
    with open("/proc/self/maps") as maps:
        lines = [line.split(None, 5) for line in maps if "/libcrypto" in line]
    paths = {line[5].strip() for line in lines if len(line) == 6}
    if not paths:
        return []
    try:
        import ctypes
        return [ctypes.CDLL(path).RAND_poll for path in sorted(paths) if os.path.isfile(path)]
    except (ImportError, OSError, AttributeError) as error:
        print(f"The generators of {', '.join(sorted(paths))} cannot be given new seeds after the restore: {error}")
        return []
