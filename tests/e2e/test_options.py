"""Every option is also a variable and a key: a flag overrides a variable, a variable
the file, the file the default."""

import mixed
import ntm_process
from files import FileCase

# Of the 27 frames: libpcap finds ports only in first fragments.
DNS = 3


class OptionsTest(FileCase):
    def setUp(self):
        super().setUp()
        self.path = self.capture(mixed.frames())

    def config(self, text, name="ntm.yaml"):
        return self.write(name, text)

    def read(self, *arguments, env=None):
        return ntm_process.read_file(self.path, *arguments, env=env)

    def prefix(self, *arguments, env=None):
        names = self.read(*arguments, env=env).samples
        found = [name.removesuffix("_evicted_bytes_total") for name in names
                 if name.endswith("_evicted_bytes_total")]
        self.assertEqual(len(found), 1, names.keys())
        return found[0]

    def test_filters_flag_overrides_the_variable(self):
        env = {"NTM_FILTERS": "udp port 53"}
        self.assertEqual(self.read(env=env).sum("ntm_packets_total"), DNS)
        self.assertEqual(
            self.read("icmp", env=env).sum("ntm_packets_total"), 2)

    def test_prefix_flag_overrides_the_variable(self):
        env = {"NTM_METRIC_PREFIX": "home"}
        self.assertEqual(self.prefix(env=env), "home")
        self.assertEqual(self.prefix("-s", "flag", env=env), "flag")

    def test_port_flag_overrides_the_variable(self):
        one, two = ntm_process.free_port(), ntm_process.free_port()
        for arguments, port in (((), one), (("-p", two), two)):
            with self.subTest(arguments):
                with ntm_process.Ntm(
                        "-r", self.path, "--serve", *arguments, port=port,
                        own_address=True, env={"NTM_PORT": str(one)}) as ntm:
                    ntm.wait_ready()

    def test_bind_variable(self):
        port = ntm_process.free_port()
        with ntm_process.Ntm(
                "-r", self.path, "--serve", "-p", port, port=port,
                own_address=True, env={"NTM_BIND": "127.0.0.1"}) as ntm:
            ntm.wait_ready()
            with self.assertRaises(ConnectionRefusedError):
                ntm_process.fetch("127.0.0.2", port)

    def test_dots_and_hyphens_are_underscores_in_variables(self):
        env = {"NTM_MAX_SERIES": "20", "NTM_READ": str(self.path)}
        result = ntm_process.run(env=env)
        self.assertEqual(result.returncode, 0, result.stderr)
        scrape = ntm_process.exposition.parse(result.stdout)
        self.assertEqual(scrape.value("ntm_series_limit"), 20)
        with ntm_process.Ntm(
                "-r", self.path, "--serve",
                env={"NTM_WEB_TELEMETRY_PATH": "/elsewhere"}) as ntm:
            ntm.wait_ready()
            self.assertEqual(ntm.fetch("/elsewhere").status, 200)

    def test_file_gives_options(self):
        config = self.config("metric_prefix: filed\nfilters: udp port 53\n"
                             "max-series: 20\n")
        scrape = self.read("-c", config)
        self.assertEqual(scrape.sum("filed_packets_total"), DNS)
        self.assertEqual(scrape.value("filed_series_limit"), 20)

    def test_flag_beats_environment_beats_file(self):
        config = self.config("metric_prefix: filed\n")
        self.assertEqual(self.prefix(), "ntm")
        self.assertEqual(self.prefix("-c", config), "filed")
        env = {"NTM_METRIC_PREFIX": "env"}
        self.assertEqual(self.prefix("-c", config, env=env), "env")
        self.assertEqual(self.prefix("-c", config, "-s", "flag", env=env),
                         "flag")

    def test_nested_keys_of_the_replaced_program(self):
        config = self.config("logging:\n  level: error\n")
        result = ntm_process.run("-r", self.path, "-c", config)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_unknown_key_shows_file_line_and_nearest_name(self):
        config = self.config("# a comment\nport: 8000\nmetric_prefx: home\n")
        for more in ((), ("--check-config",)):
            with self.subTest(more):
                line = self.refuses("-r", self.path, "-c", config, *more)
                self.assertIn(str(config), line)
                self.assertRegex(line.replace(str(config), ""), r"\b3\b")
                self.assertIn("metric_prefx", line)
                self.assertRegex(line, r"metric[_-]prefix")

    def test_bad_yaml_shows_file_and_line(self):
        config = self.config("port: 8000\nfilters: [udp\n")
        line = self.refuses("-r", self.path, "-c", config)
        self.assertIn(str(config), line)
        self.assertRegex(line.replace(str(config), ""), r"\b[23]\b")

    def test_bad_value_shows_file_and_key(self):
        config = self.config("# ports are numbers\nport: many\n")
        result = ntm_process.run("-r", self.path, "-c", config)
        self.assertIn(result.returncode, (1, 2), result.stderr)
        self.assertIn("port", result.stderr)
        self.assertIn("many", result.stderr)

    def test_missing_config_file_is_refused(self):
        line = self.refuses("-r", self.path, "-c", self.folder / "no.yaml")
        self.assertIn("Configuration file not found", line)
        self.assertIn(str(self.folder / "no.yaml"), line)

    def test_check_config_checks_and_does_not_start(self):
        good = self.config("port: 8123\ninterface: nosuch0\n")
        result = ntm_process.run("-c", good, "--check-config")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_check_config_makes_every_check_of_the_start(self):
        for words, why in (
                (["prot", "80"], "cannot use the filter 'prot 80'"),
                (["--dns-server", "1.2.3.4:abc"], "--dns-server"),
                (["--dns-server", "127.0.0.1:99999"], "--dns-server"),
                (["--dns-server", "127.0.0.1:0"], "--dns-server"),
                (["--web.config.file", self.write("web.yml", "tls: 1\n")],
                 "web.yml:1"),
                (["--token-file", self.write("token", "\n")], "no token"),
                (["--local-net", "192.168.1.5/24"],
                 "192.168.1.0/24 or the address 192.168.1.5"),
                (["--alerts.link-utilization", "150%"], "150%"),
                (["--push-url", "http://hub:0"], "--push-url")):
            with self.subTest(words):
                checked = ntm_process.run("--check-config", *words)
                self.assertIn(checked.returncode, (1, 2), checked.stdout)
                self.assertEqual(checked.stdout, "")
                self.assertIn(why, checked.stderr)

    def test_check_config_accepts_what_depends_on_an_interface(self):
        for words in (["inbound"], ["vlan", "7"], ["ip", "broadcast"]):
            checked = ntm_process.run("--check-config", *words)
            self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_check_config_names_what_it_could_not_check(self):
        token = self.folder / "no-token"
        checked = ntm_process.run("--check-config", "--token-file", token)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        self.assertIn(f"{token} is not checked", checked.stderr)

    def test_check_config_prints_set_options_and_their_source_first(self):
        config = self.config("# mine\nport: 8123\n")
        checked = ntm_process.run("-c", config, "--check-config", "udp",
                                  env={"NTM_SNAPLEN": "96"})
        self.assertEqual(checked.stdout.splitlines()[:6], [
            "configuration ok", "# options that are set, and where",
            "snaplen: 96  # env NTM_SNAPLEN", "filters: udp  # flag",
            f"port: 8123  # file {config}:2", ""])
        self.assertNotIn("# default",
                         checked.stdout.split("# options at their")[0])

    def test_a_variable_that_is_not_an_option_gives_a_warning(self):
        result = ntm_process.run("-r", self.path,
                                 env={"NTM_INTERFCE": "eth9"})
        self.assertEqual(result.returncode, 0)
        self.assertIn("NTM_INTERFACE", self.one_line(result.stderr))

    def test_suggests_a_subcommand_for_a_typo(self):
        for words, meant in ((["histroy"], "ntm history"),
                             (["doktor", "-i", "lo"], "ntm doctor"),
                             (["backups", "x.db"], "ntm backup"),
                             (["watch"], "ntm --report")):
            line = self.refuses(*words, exit_code=2)
            self.assertIn(f"'{words[0]}' is not a subcommand", line)
            self.assertIn(f"did you mean {meant}?", line)

    def test_an_unknown_time_zone_gives_a_warning(self):
        for zone, lines in (("Nowhere/City", 1), ("UTC", 0), ("CET-1", 0)):
            result = ntm_process.run("-r", self.path, env={"TZ": zone})
            self.assertEqual(result.returncode, 0)
            self.assertEqual(len(result.stderr.splitlines()), lines)
        result = ntm_process.run("-r", self.path, env={"TZ": "Nowhere/City"})
        self.assertIn("'Nowhere/City' is not a time zone", result.stderr)

    def test_invalid_services_are_reported_by_line(self):
        good = "\ufeffhttps 443/tcp\n"
        for text, told in ((good, None), ("# none\n", "has no service names"),
                           (good + "no port\n",
                            "line 2 is not in services(5) format"),
                           (f"{'x' * 65} 80/tcp\n" + good[1:], "line 1")):
            result = ntm_process.run("-r", self.path, "--services-file",
                                     self.write("services", text))
            self.assertEqual(result.returncode, 0)
            if told is None:
                self.assertEqual(result.stderr, "")
                self.assertIn('service="https"', result.stdout)
            else:
                self.assertIn(told, self.one_line(result.stderr))

    def test_bad_variable_is_a_usage_error_that_names_it(self):
        result = ntm_process.run("-r", self.path, env={"NTM_PORT": "abc"})
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertRegex(result.stderr, r"NTM_PORT|port")
        self.assertIn("abc", result.stderr)
