"""Between init and the first invocation of a SnapStart function; spec: 7.2.

    before-snapshot hooks, last registered first --> restore/next (the snapshot is taken here) --> after-restore hooks, in order
                 | init/error, exit 64                                                                 | restore/error, exit 65
"""

import sys

from . import errors, uniqueness

BEFORE_SNAPSHOT_FAILED = 64
AFTER_RESTORE_FAILED = 65


def await_restore(api):
    # A function without hooks has not imported the module; one may also bring the module of that name from the package index.
    hooks = sys.modules.get("snapshot_restore_py")
    try:
        before = list(hooks.get_before_snapshot()) if hooks else []
        for function, arguments, named in reversed(before):
            function(*arguments, **named)
        seeds = uniqueness.prepare()
        api.restore_next()
    except BaseException as error:
        give_up(error, api.fail_init, "Runtime.BeforeSnapshotError", BEFORE_SNAPSHOT_FAILED)

    try:
        for seed in seeds:
            seed()
        for function, arguments, named in (hooks.get_after_restore() if hooks else []):
            function(*arguments, **named)
    except BaseException as error:
        give_up(error, api.fail_restore, "Runtime.AfterRestoreError", AFTER_RESTORE_FAILED)


def give_up(error, tell, error_type, exit_code):
    body = errors.describe(error)
    errors.report(body)
    tell(body, error_type)
    sys.exit(exit_code)
