"""JSON through the interpreter's own scanner and encoder. They are all that `json` uses for the work, and importing `json`
costs a third of a cold start; it still tells what is wrong when something is."""

try:
    from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner
except ImportError:
    make_scanner = None

SPACE = " \t\n\r"


class Plain:
    """How the scanner is to read: as `json.loads` does by default."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
    memo = {}


scan = make_scanner and make_scanner(Plain)


def decode(data):
    try:
        text = str(data, "utf-8")
        value, end = scan(text, len(text) - len(text.lstrip(SPACE)))
        if not text[end:].strip(SPACE):
            return value
    except Exception:
        pass
    import json
    return json.loads(data)


def encode(value, ascii_only=False, default=None):
    """The JSON bytes of a value. Letters stay letters, in UTF-8; headers need ASCII."""
    try:
        return text_of(value, ascii_only, default or plain).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair is no letter of UTF-8, but JSON can escape it.
        return text_of(value, True, default or plain).encode()


def text_of(value, ascii_only, default):
    if make_scanner:
        strings = encode_basestring_ascii if ascii_only else encode_basestring
        return "".join(make_encoder({}, default, strings, None, ": ", ", ", False, False, False)(value, 0))
    import json
    return json.dumps(value, ensure_ascii=ascii_only, allow_nan=False, default=default)


def plain(value):
    """DynamoDB answers with Decimals, so Lambda encodes them, as the numbers they are."""
    if type(value).__name__ == "Decimal":
        return int(value) if value.is_finite() and value.as_tuple().exponent >= 0 else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
