"""A real terminal (tmux) for tests, of a size that can change.

    with terminal.Terminal("ntm top", 80, 24, namespace) as screen:
        screen.wait(lambda lines: "q quit" in lines[-1])
        screen.press("u")

The command runs in a shell that says how it ended and whether the terminal is as it
was before. Skips the test without tmux.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import unittest

import ntm_process

_RUN = """
before=$(stty -g); echo $$ > {folder}/shell
{command}
code=$?
[ "$(stty -g)" = "$before" ] && was=restored || was=broken
echo "exit=$code terminal=$was"
exec cat
"""


class Terminal:
    def __init__(self, command, columns=80, rows=24, namespace=None, env=None):
        if shutil.which("tmux") is None:
            raise unittest.SkipTest("tmux is not installed")
        self.folder = ntm_process.open_folder("ntm-tmux-")
        self.namespace = namespace
        self.size = (columns, rows)
        self.environment = ntm_process.clean_environment(
            {"LC_ALL": "C.UTF-8", "TMUX_TMPDIR": self.folder.name,
             "TERM": "xterm-256color", **(env or {})})
        for name in ("TMUX", "TMUX_PANE"):
            self.environment.pop(name, None)
        self.text = _RUN.format(command=command, folder=self.folder.name)

    def _tmux(self, *words, prefix=()):
        return subprocess.run(
            [*prefix, "tmux", "-u", "-f", "/dev/null", *words], check=True,
            env=self.environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=20).stdout.decode()

    def __enter__(self):
        columns, rows = map(str, self.size)
        prefix = self.namespace.prefix() if self.namespace else ()
        self._tmux("new-session", "-d", "-x", columns, "-y", rows,
                   shlex.join(["sh", "-c", self.text]), ";", "set", "-g",
                   "status", "off", prefix=prefix)
        # Without the line of the status the window has one row more.
        self.resize(*self.size)
        return self

    def __exit__(self, *_):
        subprocess.run(["tmux", "kill-server"], env=self.environment,
                       check=False, capture_output=True, timeout=20)
        self.folder.cleanup()

    def lines(self):
        text = self._tmux("capture-pane", "-p", "-N")
        return text.split("\n")[:-1]

    def press(self, *keys):
        self._tmux("send-keys", *keys)

    def type(self, text):
        self._tmux("send-keys", "-l", text)

    def resize(self, columns, rows):
        self.size = (columns, rows)
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def wait(self, question, what="the screen", bound=30):
        """The first lines for which question(lines) is true."""
        last = []

        def asked():
            last[:] = self.lines()
            return question(last)
        try:
            ntm_process.poll(asked, bound * ntm_process.PATIENCE, what, 0.1)
        except AssertionError as error:
            raise AssertionError("\n".join([f"{error}; the screen is:", *last])
                                 ) from None
        return list(last)

    def signal(self, number=signal.SIGTERM):
        """To the program that the shell runs."""
        with open(f"{self.folder.name}/shell", encoding="ascii") as file:
            shell = file.read().strip()
        program = subprocess.run(["pgrep", "-P", shell], check=True,
                                 capture_output=True, text=True).stdout.split()
        os.kill(int(program[0]), number)

    def ended(self):
        """What the shell says after the program: (exit code, the terminal)."""
        pattern = re.compile(r"exit=(\d+) terminal=(\w+)")
        lines = self.wait(lambda now: pattern.search("\n".join(now)),
                          "the end of the program")
        code, was = pattern.search("\n".join(lines)).groups()
        return int(code), was
