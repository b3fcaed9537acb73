"""Counts checks of values; a session ends with one line `PASSED of ALL checks` and fails when one is wrong."""

import os
import sys
import time
import traceback


def give_up(*fault):
    """A client's own threads would keep the process from ending."""
    traceback.print_exception(*fault)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(1)


sys.excepthook = give_up


class Checks:
    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failures = []

    def that(self, text, is_true, seen=""):
        if is_true:
            self.passed += 1
        else:
            self.failures.append(text)
            print(f"{self.name}: WRONG: {text} {seen!r}", file=sys.stderr)
        return is_true

    def equal(self, text, seen, expected):
        return self.that(f"{text}: expected {expected!r}, got", seen == expected, seen)

    def finish(self):
        total = self.passed + len(self.failures)
        print(f"{self.name}: {self.passed} of {total} checks")
        sys.stdout.flush()
        os._exit(1 if self.failures or total == 0 else 0)


def end_of_now():
    """The end of the second under way, as a request's time: what has just happened is before it."""
    return time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(time.time() + 1))


def wait_for(condition, seconds=15):
    """Waits for what another thread brings; returns the last value of the condition."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.002)
