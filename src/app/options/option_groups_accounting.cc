#include <chrono>
#include <stdexcept>
#include <string>

#include "label_values.h"
#include "option_groups.h"
#include "option_values.h"

namespace ntm {

namespace {

UnknownService ParseUnknownService(const std::string& text) {
  if (text == "port") return UnknownService::kPort;
  if (text == "empty") return UnknownService::kEmpty;
  throw std::invalid_argument("'" + text + "' is not port or empty");
}

}  // namespace

void AddAccountingOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginTopic(
      "labels", "labels and number of series, classes, anonymous addresses");
  declarer
      .AddWord("-s,--metric-prefix,--metric_prefix", o.metric_prefix,
               ParseMetricPrefix, "NAME", "First part of all metric names")
      .DefaultText(o.metric_prefix);
  declarer
      .AddWord(
          "--max-series", o.max_series, NumberFrom(16, 10'000'000), "N",
          "Most flow series to keep; what does not fit is counted as 'other'")
      .DefaultText(std::to_string(o.max_series));
  declarer
      .AddWord("--conversations", o.conversations, NumberFrom(0, 1'000'000),
               "N",
               "TCP conversations whose health is watched at a time: "
               "handshakes, retransmissions, resets; with it name servers, "
               "ICMP and ARP. 0: none")
      .DefaultText(std::to_string(o.conversations));
  declarer
      .AddWord(
          "--idle-timeout", o.idle_timeout,
          [](const std::string& text) {
            return text == "0" ? std::chrono::milliseconds(0)
                               : ParseDuration(text, std::chrono::seconds(1),
                                               std::chrono::days(365));
          },
          "DURATION",
          "End a series that has counted nothing for this long; 0: never. With "
          "-r the packets' timestamps are the clock; without --openmetrics it "
          "must then be given together with -r")
      .DefaultText("15m");
  declarer
      .AddList(
          "--labels", o.labels.labels, ParseFlowLabels, "LABEL",
          "Labels of the flow series, a list with commas: src, dst, proto, "
          "service, interface, direction, class, vlan, dscp, src_mac, dst_mac, "
          "src_port, dst_port. Fewer labels make fewer series")
      .DefaultText("src,dst,proto,service");
  declarer
      .AddWord("--src-prefix", o.labels.src_prefix, ParsePrefixBits, "V4/V6",
               "Count source addresses by network: prefix lengths for IPv4 and "
               "IPv6, as in 24/64")
      .DefaultText("32/128");
  declarer
      .AddWord("--dst-prefix", o.labels.dst_prefix, ParsePrefixBits, "V4/V6",
               "The same for destination addresses")
      .DefaultText("32/128");
  declarer.AddList(
      "--class", o.classes, ParseClasses, "NAME=WHAT",
      "Ports, DSCP values or domains of a traffic class: "
      "game=27015-27030+3074, game=dscp26, game=*.example.org+example.org. An "
      "unknown name makes a new class; other=443 removes a port from all "
      "classes. Domains count before ports, where names of servers are learned "
      "(--resolve, --names-from-tls). May be repeated or be a list with "
      "commas");
  declarer.AddFlag("--no-default-domains", o.no_default_domains,
                   "Begin without the domains of video and voice that ntm "
                   "knows; only those of --class count");
  declarer
      .AddList("--classify", o.classify_by, ParseClassifyBy, "BY",
               "What decides the class of a packet: port, dscp, or both with a "
               "comma; the second then counts where the first does not decide")
      .DefaultText("port");
  declarer.AddList(
      "--local-net", o.local_networks, ParseNetworks, "NET",
      "Network that is local, as in 192.168.0.0/16; may be repeated or be a "
      "list with commas. Without it: the private and unique-local ranges and "
      "the networks of the interfaces");
  declarer.AddFlag("--collapse-remote", o.labels.collapse_remote,
                   "Count all addresses that are not local as one: 'internet'");
  declarer
      .AddWord(
          "--services-file", o.services_path,
          [](const std::string& text) { return text; }, "FILE",
          "File with the names of services, in the format of services(5)")
      .DefaultText(o.services_path);
  declarer
      .AddWord("--unknown-service", o.unknown_service, ParseUnknownService,
               "WHAT",
               "Service of a port that this file does not name: port: its "
               "number, if it is below 32768; empty: none")
      .DefaultText("port");
  declarer.AddFlag(
      "--anonymize", o.anonymize,
      "Replace addresses with aliases: hosts cannot be identified, but those "
      "of one network still share a prefix. MAC addresses become 'mac'");
  declarer.AddWord("--anonymize-key", o.anonymize_key_path, ParsePath, "FILE",
                   "With --anonymize: file with the secret that the aliases "
                   "depend on, created if it does not exist. Without it: "
                   "anonymize.key in the state directory");
}

}  // namespace ntm
