"""A wall clock that a test can set, for one process: a preloaded library that
adds the number in a file to CLOCK_REALTIME. The kernel's time stamps of packets do
not change.

    clock = clock.Clock(folder)
    with self.ntm(env=clock.environment):
        clock.set(86400)    # a day ahead
"""

import mmap
import pathlib
import shutil
import struct
import subprocess
import unittest

_SOURCE = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* shift_seconds;

__attribute__((constructor)) static void Open(void) {
  const char* path = getenv("CLOCK_SHIFT_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void* place = mmap(0, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  if (place != MAP_FAILED) shift_seconds = place;
  close(file);
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  int result = (int)syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && shift_seconds != 0 &&
      (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += *shift_seconds;
  }
  return result;
}

int gettimeofday(struct timeval* now, void* zone) {
  struct timespec precise;
  (void)zone;
  clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* out) {
  struct timespec precise;
  clock_gettime(CLOCK_REALTIME, &precise);
  if (out != 0) *out = precise.tv_sec;
  return precise.tv_sec;
}
"""


class Clock:
    def __init__(self, folder):
        compiler = shutil.which("cc") or shutil.which("gcc")
        if not compiler:
            raise unittest.SkipTest("there is no C compiler (package gcc)")
        folder = pathlib.Path(folder)
        source, library = folder / "clock.c", folder / "clock.so"
        source.write_text(_SOURCE)
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library,
                        source], check=True, timeout=60)
        library.chmod(0o755)
        self.path = folder / "shift"
        self.path.write_bytes(struct.pack("=q", 0))
        self.path.chmod(0o644)
        self.environment = {"LD_PRELOAD": str(library),
                            "CLOCK_SHIFT_FILE": str(self.path)}

    def set(self, seconds):
        """Sets the clock this many seconds ahead of the machine's."""
        with open(self.path, "r+b") as file, \
                mmap.mmap(file.fileno(), 8) as place:
            place[:] = struct.pack("=q", seconds)
