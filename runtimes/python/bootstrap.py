"""The runtime of Python functions. Started in LAMBDA_TASK_ROOT as

    python3 -S -X utf8 bootstrap.py

-S: the machine's `site` may take 20 ms and more, and functions must not see what it brings before their own packages.
-X utf8: files and streams are UTF-8, whatever locales the machine has.

A script is compiled anew at each start and a module is not, so this file does nothing.
"""

from thaw_runtime.loop import main

main()
