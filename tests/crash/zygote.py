"""Starts `sayso` processes quickly: imports it once, then forks a fresh process for every line that asks for one."""

from __future__ import annotations

import json
import os
import signal
import sys


def main() -> None:
    """Read {"cwd", "env", "log", "argv"} a line from stdin; answer each with the new process's id."""
    import psycopg  # noqa: F401  # what a process would import by and by
    import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401
    import twilio.request_validator  # noqa: F401
    import waitress.server  # noqa: F401

    import sayso.worker.far
    import sayso.wsgi  # noqa: F401
    from sayso import cli

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.chdir(asked["cwd"])
            os.environ.update(asked["env"])
            log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            null = os.open(os.devnull, os.O_RDONLY)
            for number, target in ((null, 0), (log, 1), (log, 2)):
                os.dup2(number, target)
            sys.argv = ["sayso", *asked["argv"]]
            cli.main()
            os._exit(0)
        print(pid, flush=True)


if __name__ == "__main__":
    main()
