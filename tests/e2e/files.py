"""A test case with a temporary folder."""

import pathlib
import tempfile
import unittest

import ntm_process
import pcap_files


class FileCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="ntm-e2e-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, content):
        path = self.folder / name
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return path

    def capture(self, frames, name="capture.pcap", **how):
        return self.write(name, pcap_files.pcap(frames, **how))

    def one_line(self, stderr):
        """The only line of stderr."""
        lines = [line for line in stderr.splitlines() if line.strip()]
        self.assertEqual(len(lines), 1, stderr)
        return lines[0]

    def refuses(self, *arguments, exit_code=1, env=None, **how):
        """Runs ntm, which must print an error of one line; that line."""
        result = ntm_process.run(*arguments, env=env, **how)
        self.assertEqual(result.returncode, exit_code,
                         result.stderr + result.stdout)
        self.assertEqual(result.stdout, "")
        return self.one_line(result.stderr)
