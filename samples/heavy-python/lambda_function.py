# Static code that takes its time: what SnapStart is for. See what a snapshot gains by
#
#     ./thaw run samples/heavy-python --snapstart --repeat 20

import asyncio
import concurrent.futures
import ctypes
import decimal
import email.message
import http.server
import json
import multiprocessing
import sqlite3
import ssl
import unittest.mock
import xml.dom.minidom

from snapshot_restore_py import register_after_restore, register_before_snapshot

PRIMES = [n for n in range(2, 30_000) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
restored = False


@register_before_snapshot
def before_snapshot():
    print(f"{len(PRIMES)} primes are in memory")


@register_after_restore
def after_restore():
    global restored
    restored = True


def lambda_handler(event, context):
    return {"primes": len(PRIMES), "restored": restored}
