"""Console options, tests without namespaces: errors, --env-file, level and file of
the log."""

import ntm_process
from files import FileCase

REPORT = "] Network Statistics:\n"


class ConsoleTest(FileCase):
    def once(self, *arguments, env=None, **how):
        result = ntm_process.run("--once", *arguments, env=env, **how)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(REPORT, result.stdout)
        return result

    def test_wrong_intervals_are_refused(self):
        for value in ("0", "-5", "1.5", "often", "86401"):
            with self.subTest(value):
                line = self.refuses("--once", "--interval", value, exit_code=2)
                self.assertIn("--interval", line)
        config = self.write("config.yaml", "monitoring_interval: 0\n")
        line = self.refuses("--once", "-c", config, exit_code=1)
        self.assertIn(f"{config}:1", line)

    def test_wrong_selections_and_bandwidths_are_refused(self):
        for arguments in (("--exclude-interfaces", "eth["),
                          ("--max-bandwidth", "100MB"),
                          ("--max-bandwidth", "0")):
            with self.subTest(arguments):
                line = self.refuses("--once", *arguments, exit_code=2)
                self.assertIn(arguments[0], line)

    def test_once_and_report_are_refused_with_files(self):
        for flag in ("--once", "--report"):
            with self.subTest(flag):
                line = self.refuses(flag, "-r", self.folder / "a.pcap",
                                    exit_code=2)
                self.assertIn(flag, line)

    def test_once_with_a_missing_configuration_is_refused(self):
        line = self.refuses("--once", "-c", self.folder / "no.yaml")
        self.assertEqual(line, "Error: Configuration file not found: "
                         f"{self.folder / 'no.yaml'}")
        bad = self.write("bad.yaml", "interfaces: [eth0\n")
        self.assertIn(str(bad), self.refuses("--once", "-c", bad))

    def test_log_level_of_the_environment_shows_debug_lines(self):
        config = self.write("config.yaml", "logging:\n  level: ERROR\n")
        quiet = self.once("-c", config)
        self.assertEqual(quiet.stderr, "")
        loud = self.once("-c", config, env={"LOG_LEVEL": "DEBUG"})
        self.assertIn(" debug ", loud.stderr)
        line = self.refuses("--once", env={"LOG_LEVEL": "chatty"}, exit_code=2)
        self.assertIn("LOG_LEVEL", line)
        self.assertIn("chatty", line)

    def test_environment_overrides_the_env_file(self):
        path = self.write(".env", "# of the monitor\nLOG_LEVEL=DEBUG\n")
        self.assertIn(" debug ", self.once("--env-file", path).stderr)
        beaten = self.once("--env-file", path, env={"LOG_LEVEL": "error"})
        self.assertNotIn(" debug ", beaten.stderr)
        # ntm does not read .env in the current directory.
        self.assertNotIn(" debug ", self.once(cwd=self.folder).stderr)

    def test_env_file_can_name_the_configuration(self):
        config = self.write("config.yaml", "interfaces: [lo]\n")
        path = self.write("env", f"NTM_CONFIG='{config}'\n")
        self.assertIn("\nlo:\n", self.once("--env-file", path).stdout)

    def test_wrong_env_files_are_refused(self):
        line = self.refuses("--once", "--env-file", self.folder / "none")
        self.assertIn(str(self.folder / "none"), line)
        path = self.write("env", "A=1\nno variable\n")
        line = self.refuses("--once", "--env-file", path)
        self.assertIn(f"{path}:2", line)

    def test_log_file_rotates_as_configured(self):
        log = self.folder / "logs" / "network_monitor.log"
        config = self.write("config.yaml", f"""
logging:
  level: DEBUG
  file: {log}
  max_bytes: 300
  backup_count: 2
  format: '%(asctime)s - %(levelname)s - %(message)s'
""")
        lines = []
        for _ in range(30):
            lines += self.once("-c", config).stderr.splitlines()
        self.assertGreater(len(lines), 20)
        files = [log, *(log.with_name(f"{log.name}.{i}") for i in (1, 2))]
        self.assertEqual(sorted(log.parent.iterdir()), sorted(files))
        kept = []
        for file in files:
            text = file.read_text(encoding="utf-8")
            self.assertLessEqual(len(text), 300)
            kept = text.splitlines() + kept
        self.assertEqual(kept, lines[-len(kept):])

    def test_log_file_that_cannot_be_written_is_refused(self):
        in_the_way = self.write("file", "")
        line = self.refuses("--once", "--log-file", in_the_way / "log")
        self.assertIn(str(in_the_way / "log"), line)
