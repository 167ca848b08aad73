KEPT = os.path.exists(STATE)
open(STATE, "w").close()
do(asked("load"))


def handler(event, context):
    # Until an extension has ended. But one that hangs has nothing to do with an answer.
    if asked("extension") not in ("", "hang"):
        do("hang")
    return do(asked("invoke")) or {"born": BORN, "kept": KEPT}
