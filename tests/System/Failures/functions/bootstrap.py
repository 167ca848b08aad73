import http.client, json, socket

HOST = os.environ["AWS_LAMBDA_RUNTIME_API"]
API = "/2018-06-01/runtime"
link = http.client.HTTPConnection(HOST)


def post(path, body, headers={}):
    link.request("POST", f"{API}/{path}", body, headers)
    link.getresponse().read()


def post_less_than_announced(path):
    host, port = HOST.split(":")
    with socket.create_connection((host, int(port))) as other:
        other.sendall(f"POST {API}/{path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 100\r\n\r\nthe beginning".encode())
        other.shutdown(socket.SHUT_WR)
        other.recv(1000)


KEPT = os.path.exists(STATE)
open(STATE, "w").close()
match asked("load").split():
    case ["init/error", "once,", "then", *rest]:
        ask("load: " + " ".join(rest))
        post("init/error", "posted to init/error", {"Lambda-Runtime-Function-Error-Type": "Function.Once"})
        os._exit(1)
    case ["init/error", error_type]:
        post("init/error", "posted to init/error", {"Lambda-Runtime-Function-Error-Type": error_type})
        os._exit(1)
    case other:
        do(" ".join(other))

while True:
    link.request("GET", f"{API}/invocation/next")
    got = link.getresponse()
    got.read()
    if got.status != 200:
        do("hang")
    path = f"invocation/{got.headers['Lambda-Runtime-Aws-Request-Id']}/response"
    match asked("invoke").split():
        case ["truncate"]:
            post_less_than_announced(path)
        case ["mode", mode]:
            post(path, "{}", {"Lambda-Runtime-Function-Response-Mode": mode})
        case other:
            do(" ".join(other))
            post(path, json.dumps({"born": BORN, "kept": KEPT}))
