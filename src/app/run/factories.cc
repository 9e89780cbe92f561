#include "factories.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "anonymize_key.h"
#include "app/host/modules_with.h"
#include "console_report.h"
#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"
#include "ntm/capture/dns_tap.h"
#include "ntm/capture/handshake_tap.h"
#include "ntm/module/host_naming.h"
#include "ntm/module/packet_logging.h"
#include "ntm/net/link.h"

namespace ntm {
namespace {

Services ReadServices(const Options& options) {
  const bool is_default = options.services_path == Options().services_path;
  const char* instead = options.unknown_service == UnknownService::kPort
                            ? ", but port numbers"
                            : "";
  if (is_default && !FileExists(options.services_path)) {
    spdlog::warn(
        "{} does not exist: flows have no service names{}; install the package "
        "netbase or use --services-file",
        options.services_path, instead);
    return {};
  }
  Services services = Services::FromFile(options.services_path);
  if (services.skipped_lines() > 0) {
    spdlog::warn(
        "{}: line {} is not in services(5) format, or its name is longer than "
        "{} bytes (skipped lines: {})",
        options.services_path, services.first_skipped_line(),
        Services::kMaxNameBytes, services.skipped_lines());
  }
  if (services.is_empty()) {
    spdlog::warn("{} has no service names: flows have none either{}",
                 options.services_path, instead);
  }
  return services;
}

}  // namespace

std::shared_ptr<const Services> LoadServices(const Options& options) {
  Services services = ReadServices(options);
  if (options.unknown_service == UnknownService::kPort) services.NumberPorts();
  return std::make_shared<const Services>(std::move(services));
}

std::shared_ptr<const TrafficClasses> MakeTrafficClasses(
    const Options& options) {
  auto classes = std::make_shared<TrafficClasses>(options.classify_by);
  if (!options.no_default_domains) classes->DefineUsualDomains();
  for (const std::string& text : options.classes) classes->Define(text);
  return classes;
}

namespace {

// Linux allows commas in interface names, but -i separates names by commas.
void RefuseSplitName(const std::vector<std::string>& names) {
  const std::vector<LinkState> links = Links().All();
  for (size_t begin = 0; begin < names.size(); ++begin) {
    std::string joined = names[begin];
    for (size_t i = begin + 1; i < names.size(); ++i) {
      joined += "," + names[i];
      if (std::ranges::find(links, joined, &LinkState::name) != links.end()) {
        throw Error(fmt::format(
            "the interface '{0}' has a comma in its name, but commas separate "
            "names here; rename it: ip link set dev '{0}' name NAME",
            joined));
      }
    }
  }
}

}  // namespace

std::vector<std::string> InterfacesOf(const Options& options) {
  if (options.interfaces.size() > 1) RefuseSplitName(options.interfaces);
  if (!options.interfaces.empty()) return options.interfaces;
  const std::string name = Links().DefaultInterface();
  if (name.empty()) {
    throw Error(
        "cannot choose an interface: none but loopback is up; name one with "
        "-i, ntm -D lists them");
  }
  return {name};
}

std::shared_ptr<const LocalNetworks> LocalNetworksOf(
    const Options& options, const std::vector<std::string>& interfaces) {
  if (!options.local_networks.empty()) {
    return std::make_shared<const LocalNetworks>(options.local_networks);
  }
  std::vector<Network> networks = NetworksOfInterfaces(interfaces);
  const auto usual = DefaultLocalNetworks();
  networks.insert(networks.end(), usual.begin(), usual.end());
  return std::make_shared<const LocalNetworks>(networks);
}

std::shared_ptr<const Anonymizer> MakeAnonymizer(const Options& options) {
  if (!options.anonymize) return nullptr;
  const std::string path = options.anonymize_key_path.empty()
                               ? DefaultAnonymizeKeyPath()
                               : options.anonymize_key_path;
  // The cache has room for the source and the destination of every series.
  return std::make_shared<const Anonymizer>(LoadOrMakeAnonymizeKey(path),
                                            2 * options.max_series);
}

CaptureSettings CaptureSettingsOf(const Options& options) {
  CaptureSettings settings;
  settings.filter = options.filter;
  settings.raw_filter = options.raw_filter;
  settings.snaplen_bytes = static_cast<int>(options.snaplen_bytes);
  settings.buffer_bytes = static_cast<int>(options.buffer_bytes);
  settings.promiscuous = options.promiscuous;
  return settings;
}

void WarnOfUnusedDomains(const Options& options, bool learns_servers) {
  // The name of a class has no dot.
  if (learns_servers ||
      std::ranges::none_of(options.classes, ClassDomains::IsDomain)) {
    return;
  }
  spdlog::warn(
      "--class lists domains, but ntm learns no names of servers, so that "
      "ports decide; add --resolve or --names-from-tls");
}

std::vector<TapPlan> TapsOf(
    const Options& options, bool is_live, const TrafficClasses& classes,
    const std::vector<std::unique_ptr<Module>>& modules) {
  std::vector<TapPlan> plans;
  if (options.anonymize && !classes.domains().HasAny()) return plans;
  for (HostNaming* module : ModulesWith<HostNaming>(modules)) {
    if (DnsListener* listener =
            module->dns_listener(is_live && !options.anonymize)) {
      plans.push_back(DnsTap(listener));
    }
    if (HandshakeListener* listener = module->handshake_listener()) {
      plans.push_back(HandshakeTap(listener));
    }
  }
  return plans;
}

std::shared_ptr<PacketLog> PacketLogOf(
    const std::vector<std::unique_ptr<Module>>& modules) {
  for (PacketLogging* module : ModulesWith<PacketLogging>(modules)) {
    if (auto log = module->packet_log()) return log;
  }
  return nullptr;
}

void PrintExposition(const ModuleHost& host) {
  PrintText(host.Scrape(ExpositionFormat::kPrometheusText));
}

}  // namespace ntm
