"""ntm doctor: checks without a capture, output formats and exit codes."""

import re
import socket

import doctor
import mixed
import ntm_process
from files import FileCase

# An interface that does not exist: nothing is captured, with any rights.
NOWHERE = ("-i", "nosuch0")


class DoctorTest(FileCase):
    def examine(self, *arguments, **how):
        port = ntm_process.free_port()
        return doctor.examine(*NOWHERE, "-p", port, *arguments, **how)

    def test_doctor_writes_one_line_per_check(self):
        result = ntm_process.run("doctor", *NOWHERE)
        self.assertEqual((result.returncode, result.stderr), (1, ""))
        for line in result.stdout.splitlines():
            self.assertRegex(line, r"^(ok|warn|fail) +[a-z ]+: \S")
        self.assertRegex(result.stdout, r"(?m)^fail +interface: nosuch0 .*; ")
        self.assertRegex(result.stdout, r"(?m)^(ok|fail) +rights: ")

    def test_doctor_says_the_same_in_json(self):
        port = ntm_process.free_port()
        lines = ntm_process.run("doctor", *NOWHERE, "-p", port).stdout
        found = self.examine()
        self.assertEqual(
            re.findall(r"(?m)^(\w+) +([a-z ]+): ", lines),
            [(check["status"], check["name"]) for check in found.checks])
        for name in ("configuration", "rights", "namespace", "interface",
                     "overlap", "memory", "services", "clock", "port",
                     "bind address", "service label", "traffic"):
            self.assertEqual(len(found.of(name)), 1, name)

    def test_doctor_names_the_interface_that_is_missing(self):
        found = self.examine()
        self.assertEqual(found.exit_code, 1)
        [check] = found.of("interface")
        self.assertEqual(check["status"], "fail")
        self.assertIn("nosuch0", check["detail"])
        self.assertIn("lo", check["remedy"])
        waiting = self.examine("--wait-interface")
        self.assertEqual(waiting.statuses("interface"), ["warn"])

    def test_doctor_finds_the_fault_in_a_filter(self):
        found = self.examine("tcp", "prt", "22")
        [check] = found.of("filter")
        self.assertEqual(check["status"], "fail")
        self.assertIn("column 5", check["detail"])
        self.assertEqual(
            self.examine("ip broadcast or inbound").statuses("filter"),
            ["ok"])

    def test_doctor_reads_the_services_file(self):
        good = self.write("services", b"ssh 22/tcp\ndomain 53/udp\n")
        [check] = self.examine("--services-file", good).of("services")
        self.assertEqual(check["status"], "ok")
        self.assertIn("2 names", check["detail"])
        bad = self.write("bad", b"ssh 22/tcp\nnothing\n")
        self.assertEqual(
            self.examine("--services-file", bad).statuses("services"),
            ["warn"])
        missing = self.examine("--services-file", "/nosuch/services")
        self.assertEqual(missing.statuses("services"), ["fail"])

    def test_doctor_reports_a_wrong_configuration_file(self):
        path = self.write("ntm.yaml", b"no-such-key: 1\n")
        found = doctor.examine("-c", path)
        self.assertEqual(found.failed(), {"configuration"})
        self.assertIn("no-such-key", found.text)

    def test_doctor_accepts_ntms_variables(self):
        found = doctor.examine(
            "-p", ntm_process.free_port(),
            env={"NTM_INTERFACE": "nosuch1", "NTM_FILTERS": "prt 1"})
        self.assertIn("nosuch1", found.of("interface")[0]["detail"])
        self.assertEqual(found.statuses("filter"), ["fail"])

    def test_doctor_finds_a_port_that_another_program_uses(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            address = f"127.0.0.1:{other.getsockname()[1]}"
            found = doctor.examine(*NOWHERE, "--web.listen-address", address)
        [check] = found.of("port")
        self.assertEqual(check["status"], "fail")
        self.assertIn(address, check["detail"])
        self.assertIn("-p", check["remedy"])

    def test_doctor_recognises_ntm_on_its_port(self):
        with ntm_process.Ntm("-r", self.capture(mixed.frames()),
                             "--serve") as ntm:
            ntm.wait_ready()
            found = doctor.examine(*NOWHERE, "--web.listen-address",
                                   f"127.0.0.1:{ntm.port}")
        [check] = found.of("port")
        self.assertEqual(check["status"], "ok", check)
        self.assertIn("already", check["detail"])

    def test_doctor_warns_of_a_loopback_address(self):
        self.assertEqual(
            self.examine("-b", "127.0.0.1").statuses("bind address"),
            ["warn"])
        self.assertEqual(self.examine().statuses("bind address"), ["ok"])

    def test_doctor_warns_of_kubernetes_service_label(self):
        found = self.examine(env={"KUBERNETES_SERVICE_HOST": "10.0.0.1"})
        [check] = found.of("service label")
        self.assertEqual(check["status"], "warn")
        self.assertIn("PodMonitor", check["remedy"])

    def test_doctor_refuses_wrong_words(self):
        for words in (("--nosuch",), ("--seconds", "0"), ("--seconds",),
                      ("-r", "file.pcap")):
            with self.subTest(words):
                result = ntm_process.run("doctor", *words)
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertEqual(len(result.stderr.splitlines()), 1)
                self.assertIn(words[0].lstrip("-"), result.stderr)

    def test_doctor_is_a_subcommand_only_as_the_first_word(self):
        path = self.capture(mixed.frames())
        result = ntm_process.run("-r", path, "doctor")
        self.assertEqual(result.returncode, 1)
        self.assertIn("filter 'doctor'", result.stderr)

    def test_help_names_the_doctor(self):
        for words in (("--help", "all"), ("help", "config"),
                      ("doctor", "--help")):
            result = ntm_process.run(*words)
            self.assertEqual(result.returncode, 0, result.stderr)
            for expected in ("ntm doctor", "--json", "--seconds N"):
                self.assertIn(expected, result.stdout)
