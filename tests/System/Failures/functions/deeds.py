import os, time, uuid

# Files of the sandbox: what says that somebody was here before, and what this process is asked for.
STATE, DEED = os.environ["STATE"], os.environ["DEED"]
BORN = str(uuid.uuid4())


def ask(deed):
    with open(DEED, "w") as file:
        file.write(deed)


def asked(point):
    """What it is to do at this point of its life, POINT: DEED, as the file says; until there is one, the variable."""
    try:
        with open(DEED) as file:
            deed = file.read()
    except FileNotFoundError:
        deed = os.environ.get("FIRST_DEED", "")
    where, _, what = deed.partition(": ")
    if where != point:
        return ""
    if what.endswith(" once"):
        ask("")
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
