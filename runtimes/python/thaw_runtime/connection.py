"""One HTTP/1.1 connection, kept alive, one request at a time, on the bare `_socket`: 7 ms from start to the first request
where `http.client` needs 27."""

import _socket

PIECE = 65536


class Connection:
    def __init__(self, authority):
        host, _, port = authority.rpartition(":")
        self._authority = authority
        self._address = (host, int(port))
        self._socket = None
        self._buffer = bytearray()

    def request(self, method, path, headers={}, body=None):
        """Gives status, headers by lower-case name, and body."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self._authority}", "User-Agent: thaw-python"]
        lines += [f"{name}: {printable(value)}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        head = "\r\n".join(lines + ["", ""]).encode("latin-1")

        reused = self._socket is not None
        try:
            return self._exchange(head, body)
        except OSError:
            # The peer may close an idle connection just when it is used again; nothing was answered, so asking again is safe.
            unanswered = not self._buffer
            self._close()
            if not (reused and unanswered):
                raise
            return self._exchange(head, body)

    def _exchange(self, head, body):
        if self._socket is None:
            self._socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
            self._socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            self._socket.connect(self._address)
        if body is None or len(body) <= PIECE:
            self._socket.sendall(head + (body or b""))
        else:
            self._socket.sendall(head)
            self._socket.sendall(body)
        return self._answer()

    def _answer(self):
        status, headers = self._head()
        while status < 200:
            status, headers = self._head()
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = self._chunks()
        elif "content-length" in headers:
            body = self._read(int(headers["content-length"]))
        else:
            body = b"" if status == 204 else self._rest()
        if headers.get("connection", "").lower() == "close":
            self._close()
        return status, headers, body

    def _head(self):
        status = int(self._line().split(b" ", 2)[1])
        headers = {}
        while line := self._line():
            name, _, value = line.partition(b":")
            headers[name.decode("latin-1").lower()] = str(value.strip(), "utf-8", "replace")
        return status, headers

    def _chunks(self):
        body = bytearray()
        while size := int(self._line().partition(b";")[0], 16):
            body += self._read(size)
            self._line()
        while self._line():
            pass    # trailers say nothing that a runtime needs
        return body

    def _line(self):
        searched = 0
        while (end := self._buffer.find(b"\r\n", searched)) < 0:
            searched = max(0, len(self._buffer) - 1)
            self._buffer += self._receive()
        line = bytes(self._buffer[:end])
        del self._buffer[:end + 2]
        return line

    def _read(self, size):
        body = self._buffer[:size]
        del self._buffer[:size]
        if len(body) < size:
            held = len(body)
            body.extend(bytes(size - held))
            rest = memoryview(body)[held:]
            while rest:
                count = self._socket.recv_into(rest)
                if count == 0:
                    raise ConnectionError("the platform closed the connection")
                rest = rest[count:]
        return body

    def _rest(self):
        """A body without announced length ends with the connection."""
        body = self._buffer
        while piece := self._socket.recv(PIECE):
            body += piece
        self._close()
        return body

    def _receive(self):
        piece = self._socket.recv(PIECE)
        if not piece:
            raise ConnectionError("the platform closed the connection")
        return piece

    def _close(self):
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self._buffer = bytearray()


def printable(value):
    """The name of an error is the customer's text; no line break of it may become a header of ours."""
    return value if value.isascii() and value.isprintable() else "".join(c if " " <= c <= "~" else "?" for c in value)
