"""A Runtime API client of the standard library's smallest parts: `socket`, `json` and `logging` would double the cold start."""
