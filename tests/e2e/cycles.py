"""Random starts, reloads and stops of ntm: each must exit with 0 and leave nothing
behind. The same seed gives the same cycles.

    NTM_BINARY=build/release/ntm python3 cycles.py --cycles 1000
"""

import argparse
import contextlib
import os
import pathlib
import random
import signal
import sys
import time

import netns
import ntm_process

CONFIGS = {True: ("log-level: debug\n", "local-net: [10.9.0.0/24]\n",
                  "idle-timeout: 5m\n"),
           False: ("no-such-key: 1\n", "max-series: many\n", "[\n")}
SAID = {True: "the configuration was reloaded", False: "reload failed"}
FILES = {"ntm.yaml", "tokens", "packets.csv"}
REPORTS = ("Sanitizer", "runtime error:", "terminate called")


def choices(folder, has_queues):
    """Options that can be combined."""
    all_ = [("--capture-threads", "2"), ("--labels", "src,dst,vlan"),
            ("--interval", "1", "--write-interval", "1"), ("--no-database",),
            ("--resolve", "--dns-server", "127.0.0.1:9"),
            ("--packet-log", str(folder / "packets.csv")),
            ("--alert-webhook", "http://127.0.0.1:9/"), ("--anonymize",),
            ("--accept-agents", "a*", "--agents-token-file",
             str(folder / "tokens"))]
    if has_queues:
        all_.append(("--max-bandwidth", "100M", "--qos-rule",
                     "video=20/50/3/46", "--qos-enforce"))
    return all_


class Cycles:
    def __init__(self, space, there, folder, seed=1):
        self.space, self.there, self.folder = space, there, folder
        self.dice = random.Random(seed)
        (folder / "tokens").write_text("0123456789abcdef0123456789abcdef\n")
        (folder / "tokens").chmod(0o644)
        self.config = folder / "ntm.yaml"
        probe = space.run("tc", "qdisc", "add", "dev", "va", "root", "htb",
                          check=False)
        if probe.returncode == 0:
            space.run("tc", "qdisc", "del", "dev", "va", "root")
        self.choices = choices(folder, probe.returncode == 0)
        self.queues = self.queues_now()
        self.reloads = 0

    def queues_now(self):
        return self.space.run("tc", "qdisc", "show", "dev", "va").stdout

    def run(self):
        """One cycle; AssertionError if anything is wrong."""
        self.write(self.dice.choice(CONFIGS[True]))
        flags = [word for words in self.choices if self.dice.random() < 0.3
                 for word in words]
        ntm = ntm_process.Ntm("-i", "va", "-c", self.config, *flags,
                              namespace=self.space)
        with ntm:
            if self.dice.random() < 0.7:
                ntm.wait_ready()
            else:
                ntm.wait_serving()
            for _ in range(self.dice.randrange(4)):
                self.act(ntm)
            ntm.stop(self.dice.choice((signal.SIGINT, signal.SIGTERM)))
        self.check(ntm, flags)

    def write(self, text):
        self.config.write_text(text)
        self.config.chmod(0o644)

    def act(self, ntm):
        what = self.dice.randrange(4)
        if what == 0:
            self.space.ping(netns.THERE_IP, count=1)
        elif what == 1:
            ntm.scrape()
        else:
            self.reload(ntm, is_right=what == 2)

    def reload(self, ntm, is_right):
        self.write(self.dice.choice(CONFIGS[is_right]))
        said = SAID[is_right]
        times = ntm.stderr().count(said)
        ntm.process.send_signal(signal.SIGHUP)
        ntm_process.poll(lambda: ntm.stderr().count(said) > times, what=said)
        self.reloads += 1

    def check(self, ntm, flags):
        said = ntm.stderr()
        for report in REPORTS:
            assert report not in said, f"{flags}: {said}"
        assert self.queues_now() == self.queues, (
            f"{flags}: queues are left: {self.queues_now()}")
        left = {path.name for path in pathlib.Path(ntm.state.name).iterdir()}
        odd = {name for name in left if name.endswith(("-wal", "-shm", ".tmp"))}
        assert not odd, f"{flags}: {odd} are left of the state"
        made = {path.name for path in self.folder.iterdir()} - FILES
        assert not made, f"{flags}: {made} are left"
        assert not self.processes(ntm), f"{flags}: a process is left"

    def processes(self, ntm):
        """The processes that still run in the namespace."""
        found = self.space.run("ip", "netns", "pids", self.space.name,
                               check=False).stdout.split()
        return [pid for pid in found if self.is_program(pid, ntm)]

    @staticmethod
    def is_program(pid, ntm):
        with contextlib.suppress(OSError):
            return os.path.samefile(f"/proc/{pid}/exe", ntm_process.BINARY)
        return False


def run(cycles, seed=1, tell=lambda *_: None):
    """How many reloads there were among them."""
    with netns.Pair() as (here, there), ntm_process.open_folder(
            "cycles-") as folder:
        driver = Cycles(here, there, pathlib.Path(folder), seed)
        for number in range(cycles):
            driver.run()
            tell(number + 1, driver.reloads)
        return driver.reloads


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    def tell(done, reloads):
        if done % 50 == 0:
            print(f"{done} starts and stops, {reloads} reloads", flush=True)
    began = time.monotonic()
    reloads = run(arguments.cycles, arguments.seed, tell)
    print(f"{arguments.cycles} starts and stops with {reloads} reloads in "
          f"{time.monotonic() - began:.0f} s: each ended with 0 and left "
          f"nothing")


if __name__ == "__main__":
    sys.exit(main())
