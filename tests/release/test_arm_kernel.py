"""ntm captures on a kernel for arm64, in an emulator of the whole machine.

The program is that of `make test-cross`. The machine has only a Debian kernel,
busybox, and ntm's libraries.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import roots

import exposition

TRIPLET = "aarch64-linux-gnu"
PINGS = 5
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin STATE_DIRECTORY=/tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
ip link set lo up
/bin/ntm -i lo --web.listen-address 127.0.0.1:8000 icmp > /log 2>&1 &
ntm=$!
tries=0
until wget -q -O /ready http://127.0.0.1:8000/-/ready; do
  tries=$((tries + 1))
  test $tries -lt 300 && kill -0 $ntm || {{ cat /log; poweroff -f; }}
  usleep 100000
done
ping -c {PINGS} 127.0.0.1
tries=0
until grep -q '^ntm_packets_total.* {2 * PINGS}$' /metrics 2> /dev/null \\
    || test $tries -ge 100; do
  tries=$((tries + 1))
  usleep 100000
  wget -q -O /metrics http://127.0.0.1:8000/metrics
done
echo; echo "machine $(uname -m)"; echo BEGIN; cat /metrics; echo END
kill -TERM $ntm
wait $ntm
echo "exit $?"
cat /log
poweroff -f
"""


def needed(program, sysroot):
    """The shared libraries of a program, in the sysroot."""
    found, asked = {}, [program]
    places = [sysroot / folder / TRIPLET for folder in ("usr/lib", "lib")]
    # The compiler's library, if the packages have none.
    places.append(pathlib.Path("/usr", TRIPLET, "lib"))
    while asked:
        said = roots.run("readelf", "-d", asked.pop()).stdout
        for name in re.findall(r"\(NEEDED\).*\[(.+)\]", said):
            path = next((place / name for place in places
                         if (place / name).exists()), None)
            if path is None:
                raise AssertionError(f"there is no {name} in {sysroot}")
            if name not in found:
                found[name] = path
                asked.append(path)
    return found


class ArmKernelTest(unittest.TestCase):
    def setUp(self):
        roots.need("qemu-system-aarch64", "qemu-system-arm")
        roots.need("cpio", "cpio")
        self.sysroot = roots.ROOT / "build/sysroot-arm64"
        self.program = roots.ROOT / "build/arm64-test/ntm"
        if not self.program.exists():
            raise unittest.SkipTest(
                f"there is no {self.program}: `make test-cross` builds it")
        self.debian = roots.CACHE / "kernel-arm64"
        roots.run(roots.ROOT / "packaging/sysroot.sh", "arm64", self.debian,
                  "linux-image-cloud-arm64", "busybox-static")
        folder = tempfile.TemporaryDirectory(prefix="ntm-kernel-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def disk(self):
        """The initramfs."""
        root = self.folder / "root"
        for name in ("bin", "dev", "etc", "lib", "proc", "sys", "tmp"):
            (root / name).mkdir(parents=True)
        shutil.copy(self.debian / "bin/busybox", root / "bin")
        shutil.copy(self.program, root / "bin/ntm")
        for name, path in needed(self.program, self.sysroot).items():
            shutil.copy(path, root / "lib" / name)
        (root / "etc/passwd").write_text(
            "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")
        (root / "etc/group").write_text("root:x:0:\nnogroup:x:65534:\n")
        (root / "init").write_text(INIT)
        (root / "init").chmod(0o755)
        disk = self.folder / "disk"
        names = "\n".join(str(path.relative_to(root))
                          for path in root.rglob("*"))
        with open(disk, "wb") as out:
            subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], cwd=root,
                           input=names.encode(), stdout=out, check=True)
        return disk

    def test_packets_are_captured_on_a_kernel_for_arm64(self):
        kernel, = (self.debian / "boot").glob("vmlinuz-*")
        said = roots.run(
            "qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-m",
            "1024", "-smp", "2", "-nographic", "-no-reboot", "-nic", "none",
            "-kernel", kernel, "-initrd", self.disk(), "-append",
            "console=ttyAMA0 panic=-1 quiet rdinit=/init",
            stdin=subprocess.DEVNULL, env=dict(os.environ), timeout=600).stdout
        said = said.replace("\r", "")
        self.assertIn("machine aarch64\n", said)
        scrape = exposition.parse(
            said.partition("BEGIN\n")[2].partition("END\n")[0])
        self.assertEqual(
            scrape.sum("ntm_packets_total", proto="icmp", src="127.0.0.1"),
            2 * PINGS, said)
        self.assertEqual(scrape.value("ntm_capture_up", interface="lo"), 1)
        self.assertIn("\nexit 0\n", said)
