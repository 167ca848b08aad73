import os, time

STATE = os.environ["STATE"]


def asked(point):
    """What it is to do at this point of its life: the file STATE/deed says POINT: DEED."""
    try:
        with open(f"{STATE}/deed") as file:
            where, what = file.read().split(": ", 1)
    except FileNotFoundError:
        return ""
    if where != point:
        return ""
    if what.endswith(" once"):
        os.remove(f"{STATE}/deed")
    return what.removesuffix(" once")


def do(what):
    match what.split():
        case ["throw"]:
            raise TypeError("as asked")
        case ["exit", status]:
            os._exit(int(status))
        case ["signal", number]:
            os.kill(os.getpid(), int(number))
        case ["hang"]:
            time.sleep(1000)
        case ["fill"]:
            held = []
            while True:
                held.append(b"x" * (4 << 20))
                time.sleep(0.005)
        case ["bytes", count]:
            return "x" * (int(count) - 2)
