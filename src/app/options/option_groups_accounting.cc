#include <chrono>
#include <string>

#include "label_values.h"
#include "option_groups.h"
#include "option_values.h"

namespace ntm {

void AddAccountingOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginGroup("Accounting");
  declarer
      .AddWord("-s,--metric-prefix,--metric_prefix", o.metric_prefix,
               ParseMetricPrefix, "NAME", "What the metrics' names begin with")
      .DefaultText(o.metric_prefix);
  declarer
      .AddWord("--max-series", o.max_series, NumberFrom(16, 10'000'000), "N",
               "Flow series kept at most; what is beyond counts as 'other'")
      .DefaultText(std::to_string(o.max_series));
  declarer
      .AddWord(
          "--idle-timeout", o.idle_timeout,
          [](const std::string& text) {
            return text == "0" ? std::chrono::milliseconds(0)
                               : ParseDuration(text, std::chrono::seconds(1),
                                               std::chrono::days(365));
          },
          "DURATION",
          "End a series that has been silent for so long; 0: never. With -r by "
          "the packets' own clock, and but for --openmetrics only if it is "
          "given along with -r")
      .DefaultText("15m");
  declarer
      .AddList("--labels", o.labels.labels, ParseFlowLabels, "LABEL",
               "Labels of the flow series, a list with commas of src, dst, "
               "proto, service, interface, direction, class, vlan, dscp, "
               "src_mac, dst_mac, src_port and dst_port. Fewer labels are "
               "fewer series")
      .DefaultText("src,dst,proto,service");
  declarer
      .AddWord(
          "--src-prefix", o.labels.src_prefix, ParsePrefixBits, "V4/V6",
          "Count sources by network: bits of an IPv4 and of an IPv6 address "
          "to keep, as in 24/64")
      .DefaultText("32/128");
  declarer
      .AddWord("--dst-prefix", o.labels.dst_prefix, ParsePrefixBits, "V4/V6",
               "The same for destinations")
      .DefaultText("32/128");
  declarer.AddList(
      "--class", o.classes, ParseClasses, "NAME=PORTS",
      "Give a class of traffic ports, as in "
      "game=27015-27030+3074, or code points, as in game=dscp26; a "
      "new name is a new class; other=443 takes a port out of all. "
      "May be repeated, and takes a list with commas");
  declarer
      .AddList("--classify", o.classify_by, ParseClassifyBy, "BY",
               "What decides on a packet's class: port, dscp, or both with a "
               "comma, the first one first")
      .DefaultText("port");
  declarer.AddList("--local-net", o.local_networks, ParseNetworks, "NET",
                   "What is local, as in 192.168.0.0/16; may be repeated, and "
                   "takes a list with commas. Without it: the private and "
                   "unique-local ranges and the networks of the interfaces");
  declarer.AddFlag("--collapse-remote", o.labels.collapse_remote,
                   "Count all addresses that are not local as 'internet'");
  declarer
      .AddWord(
          "--services-file", o.services_path,
          [](const std::string& text) { return text; }, "FILE",
          "Names of the services, as in services(5)")
      .DefaultText(o.services_path);
  declarer.AddFlag("--anonymize", o.anonymize,
                   "Show aliases instead of addresses: networks stay together, "
                   "hosts cannot be told; MAC addresses become 'mac'");
  declarer.AddWord(
      "--anonymize-key", o.anonymize_key_path, ParsePath, "FILE",
      "With --anonymize: the secret that the aliases come from, made if there "
      "is none; by default anonymize.key in the state directory");
}

}  // namespace ntm
