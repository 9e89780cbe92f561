"""kubernetes.yaml and the files in packaging/kubernetes, checked against the
published types of Kubernetes and against ntm."""

import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import pytest

import yaml

import ntm_process
import published_types

pytestmark = pytest.mark.text

ROOT = pathlib.Path(__file__).parents[2]
MAIN = ROOT / "kubernetes.yaml"
BESIDE = ROOT / "packaging" / "kubernetes"
FILES = [MAIN, *sorted(BESIDE.glob("*.yaml"))]
PACKAGES = {"monitoring.coreos.com/v1":
            "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1"}
VALIDATE = """\
const packages = JSON.parse(require("fs").readFileSync(0));
for (const [module, kind, document] of packages) {
  try { new (require(module)[kind])(document).validate(); }
  catch (error) { console.log(kind + ": " + error.message); }
}"""


def documents(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def everything():
    return [each for path in FILES for each in documents(path)]


def module(document):
    version = document["apiVersion"]
    return PACKAGES.get(version, f"kubernetes-models/{version}")


def find(kind, name, path=MAIN):
    (found,) = [each for each in documents(path)
                if (each["kind"], each["metadata"]["name"]) == (kind, name)]
    return found


def workloads():
    """(name of the file, workload) of every workload with ntm."""
    for path in FILES:
        for document in documents(path):
            if document["kind"] in ("DaemonSet", "StatefulSet"):
                yield path, document


def pod(workload):
    return workload["spec"]["template"]["spec"]


def container(workload):
    (only,) = pod(workload)["containers"]
    return only


def satisfies(documents_):
    """The source of a module that checks documents against their types."""
    lines = []
    for number, each in enumerate(documents_):
        lines.append(f"import type {{I{each['kind']} as T{number}}} from "
                     f"'{module(each)}';")
        lines.append(f"void ({json.dumps(each)} satisfies T{number});")
    return "\n".join(lines)


class KubernetesTest(unittest.TestCase):
    maxDiff = None

    def each_workload(self):
        for path, workload in workloads():
            with self.subTest(f"{path.name}: {workload['metadata']['name']}"):
                yield path, workload

    def test_kubernetes_files_match_the_published_schemas(self):
        given = [[module(each), each["kind"], each] for each in everything()]
        self.assertEqual(published_types.run(VALIDATE, json.dumps(given)), "")

    def test_kubernetes_schemas_reject_a_wrong_type(self):
        wrong = find("DaemonSet", "ntm")
        pod(wrong)["hostNetwork"] = "yes"
        given = json.dumps([[module(wrong), "DaemonSet", wrong]])
        self.assertIn("hostNetwork", published_types.run(VALIDATE, given))

    def test_kubernetes_files_have_no_unknown_key(self):
        self.assertEqual(published_types.complaints(satisfies(everything())),
                         "")

    def test_an_unknown_key_of_kubernetes_is_found_at_any_depth(self):
        shallow, deep = (find("DaemonSet", "ntm") for _ in range(2))
        pod(shallow)["dnsPolicyy"] = "Default"
        container(deep)["securityContext"]["capabilities"]["ad"] = []
        said = published_types.complaints(satisfies([shallow, deep]))
        self.assertIn("dnsPolicyy", said)
        self.assertIn('"ad"', said)

    def test_selectors_are_the_labels_of_the_pods(self):
        seen = []
        for _, workload in self.each_workload():
            labels = workload["spec"]["template"]["metadata"]["labels"]
            self.assertEqual(workload["spec"]["selector"],
                             {"matchLabels": labels})
            self.assertEqual(workload["metadata"]["labels"], labels)
            self.assertEqual(workload["metadata"]["namespace"], "ntm")
            seen.append(labels)
        self.assertEqual(len(seen), 4)
        monitor = find("PodMonitor", "ntm", BESIDE / "podmonitor.yaml")
        for labels in seen:
            self.assertLessEqual(
                monitor["spec"]["selector"]["matchLabels"].items(),
                labels.items())
        hub = find("StatefulSet", "ntm-hub", BESIDE / "hub.yaml")
        labels = hub["spec"]["selector"]["matchLabels"]
        self.assertEqual(find("Service", "ntm-hub", BESIDE / "hub.yaml")
                         ["spec"]["selector"], labels)
        self.assertEqual(find("NetworkPolicy", "ntm-hub", BESIDE / "hub.yaml")
                         ["spec"]["podSelector"], {"matchLabels": labels})

    def test_a_node_has_one_ntm(self):
        plain = pod(find("DaemonSet", "ntm"))
        router = pod(find("DaemonSet", "ntm-router"))
        self.assertEqual(router["nodeSelector"]["ntm.io/router"], "true")
        terms = plain["affinity"]["nodeAffinity"][
            "requiredDuringSchedulingIgnoredDuringExecution"][
                "nodeSelectorTerms"]
        self.assertEqual(terms, [{"matchExpressions": [
            {"key": "ntm.io/router", "operator": "NotIn",
             "values": ["true"]}]}])

    def test_pods_on_the_host_network_have_no_more_than_they_need(self):
        for path, workload in self.each_workload():
            spec, security = pod(workload), container(workload)[
                "securityContext"]
            self.assertIs(spec["enableServiceLinks"], False)
            self.assertIs(spec["automountServiceAccountToken"], False)
            self.assertEqual(security["capabilities"],
                             {"drop": ["ALL"], "add": ["NET_RAW"]})
            self.assertIs(security["readOnlyRootFilesystem"], True)
            self.assertIs(security["privileged"], False)
            self.assertEqual(spec["securityContext"]["seccompProfile"],
                             {"type": "RuntimeDefault"})
            non_root = path.name == "non-root.yaml"
            # Not root: it needs the file's capability, which needs escalation.
            self.assertEqual(spec["securityContext"]["runAsUser"] != 0,
                             non_root)
            self.assertIs(spec["securityContext"].get("runAsNonRoot", False),
                          non_root)
            self.assertIs(security["allowPrivilegeEscalation"], non_root)
            self.assertIn("memory", container(workload)["resources"]["limits"])
            if workload["kind"] != "DaemonSet":
                continue
            self.assertIs(spec["hostNetwork"], True)
            self.assertEqual(spec["dnsPolicy"], "ClusterFirstWithHostNet")
            self.assertEqual(spec["tolerations"], [{"operator": "Exists"}])
            self.assertEqual(spec["priorityClassName"], "ntm")
            self.assertIn("maxUnavailable",
                          workload["spec"]["updateStrategy"]["rollingUpdate"])
        namespace = find("Namespace", "ntm")["metadata"]["labels"]
        self.assertEqual(
            namespace["pod-security.kubernetes.io/enforce"], "privileged")
        self.assertEqual(find("PriorityClass", "ntm")["kind"], "PriorityClass")

    def test_the_variant_without_root_differs_only_in_rights(self):
        plain = find("DaemonSet", "ntm")
        other = find("DaemonSet", "ntm", BESIDE / "non-root.yaml")
        for each in (plain, other):
            pod(each)["securityContext"] = None
            del container(each)["securityContext"]["allowPrivilegeEscalation"]
        self.assertEqual(plain, other)

    def test_the_user_without_root_is_that_of_the_image(self):
        image = ROOT / "Dockerfile"
        text = image.read_text(encoding="utf-8")
        user = pod(find("DaemonSet", "ntm", BESIDE / "non-root.yaml"))[
            "securityContext"]["runAsUser"]
        self.assertRegex(text, rf"(?m)^USER {user}\b")
        self.assertRegex(text, r"setcap cap_net_raw\+p ")

    def test_ntm_accepts_the_pods_configuration(self):
        for path, workload in self.each_workload():
            with self.files_of(path, workload) as folder:
                result = ntm_process.run(
                    *self.arguments(workload, folder), "--check-config",
                    env=self.variables(workload))
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("configuration ok", result.stdout)

    def test_a_wrong_argument_of_a_pod_is_found(self):
        workload = find("DaemonSet", "ntm")
        container(workload)["args"].append("--web.listen-adress=:8000")
        with self.files_of(MAIN, workload) as folder:
            result = ntm_process.run(*self.arguments(workload, folder),
                                     "--check-config")
        self.assertEqual(result.returncode, 2)

    def test_probes_and_ports_match_the_running_program(self):
        for path, workload in self.each_workload():
            self.probes_of(path, workload)

    def probes_of(self, path, workload):
        only = container(workload)
        (port,) = only["ports"]
        self.assertEqual((port["name"], port["containerPort"]),
                         ("metrics", 8000))
        with self.files_of(path, workload) as folder:
            arguments = self.arguments(workload, folder)
            shown = ntm_process.run(*arguments, "--check-config",
                                    env=self.variables(workload)).stdout
            listens = re.search(r'^web.listen-address: \["\[(.*)\]:(\d+)"\]',
                                shown, re.MULTILINE)
            port_of = listens.group(2) if listens else re.search(
                r"^port: (\d+)", shown, re.MULTILINE).group(1)
        self.assertEqual(int(port_of), port["containerPort"])
        annotations = workload["spec"]["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], port_of)
        paths = {only[probe]["httpGet"]["path"] for probe in (
            "startupProbe", "livenessProbe", "readinessProbe")}
        self.assertEqual(paths, {"/-/healthy", "/-/ready"})
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertEqual(only[probe]["httpGet"]["port"], port["name"])
        self.answers({*paths, annotations["prometheus.io/path"]})

    def answers(self, paths):
        with tempfile.TemporaryDirectory() as folder:
            empty = pathlib.Path(folder, "empty.pcap")
            # A capture without a packet: magic, version, snaplen, Ethernet.
            empty.write_bytes(bytes.fromhex(
                "d4c3b2a1020004000000000000000000ffff000001000000"))
            with ntm_process.Ntm("-r", empty, "--serve") as ntm:
                ntm.wait_ready()
                for path in sorted(paths):
                    self.assertEqual(ntm.status(path), 200, path)

    def test_a_filter_can_be_set_for_every_pod(self):
        for _, workload in self.each_workload():
            if workload["kind"] == "DaemonSet":
                self.assertIn("NTM_FILTERS", self.variables(workload))

    def test_kustomization_sets_the_image_of_every_pod(self):
        if shutil.which("kubectl") is None:
            self.skipTest("kubectl is not installed")
        text = (ROOT / "kustomization.yaml").read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(MAIN, folder)
            pathlib.Path(folder, "kustomization.yaml").write_text(
                text.replace("registry.example.com", "r.test"),
                encoding="utf-8")
            made = subprocess.run(["kubectl", "kustomize", folder],
                                  capture_output=True, text=True, timeout=30,
                                  check=False)
        self.assertEqual(made.returncode, 0, made.stderr)
        images = {container(each)["image"]
                  for each in yaml.safe_load_all(made.stdout)
                  if each["kind"] == "DaemonSet"}
        self.assertEqual(images, {"r.test/ntm:0.1.0"})

    def test_images_of_the_pods_have_the_kustomizations_name(self):
        kustomization = yaml.safe_load(
            (ROOT / "kustomization.yaml").read_text(encoding="utf-8"))
        (image,) = kustomization["images"]
        for _, workload in self.each_workload():
            self.assertEqual(container(workload)["image"].split(":")[0],
                             image["name"])

    def variables(self, workload):
        return {each["name"]: each.get("value", "127.0.0.1")
                for each in container(workload)["env"]
                if each["name"].startswith("NTM_")}

    def arguments(self, workload, folder):
        """Its arguments with variables replaced as by the kubelet, its files in a
        folder."""
        values = {"HOST_IP": "127.0.0.1"}
        return [re.sub(r"\$\((\w+)\)", lambda match: values[match.group(1)],
                       each).replace("/etc/ntm/", f"{folder}/")
                for each in container(workload)["args"]]

    def files_of(self, path, workload):
        """A folder with the files of its volumes."""
        folder = tempfile.TemporaryDirectory(prefix="ntm-k8s-")
        for volume in pod(workload)["volumes"]:
            if "configMap" not in volume:
                continue
            name = volume["configMap"]["name"]
            source = path if path.name == "hub.yaml" else MAIN
            for key, text in find("ConfigMap", name, source)["data"].items():
                # The Secret of hub.yaml is created by hand.
                token = pathlib.Path(folder.name, "agents.token")
                token.write_text("0123456789abcdef\n", encoding="ascii")
                token.chmod(0o600)
                pathlib.Path(folder.name, key).write_text(
                    text.replace("/etc/ntm-hub/", f"{folder.name}/"),
                    encoding="utf-8")
        return folder
