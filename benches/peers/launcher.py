"""Runs a command in a process group of its own and reports how it went: launcher.py REPORT.json LIMIT COMMAND...

A process begins with the peak memory of the one that it was forked from. This one loads nothing, so that what it
measures is the command's own (or its own 10 MB, if that is more).
"""

import json
import os
import signal
import sys
import time


def main():
    report, limit, command = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        os.execvp(command[0], command)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, limit)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - start
    with open(report, "w") as out:
        code = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        json.dump(dict(code=code, wall=wall, cpu=cpu, memory=usage.ru_maxrss * 1024), out)


main()
