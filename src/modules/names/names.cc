// Who the addresses are: reverse DNS, DHCP leases, /etc/hosts and DNS answers
// seen on the wire, as ntm_host_info.

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "name_files.h"
#include "name_rules.h"
#include "name_server.h"
#include "name_table.h"
#include "ntm/base/thread_work.h"
#include "ntm/exposition/family.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/net/dns_listener.h"
#include "ptr_resolver.h"
#include "seen_queries.h"

namespace ntm::names {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::seconds kCheckInterval{5};

// An address that stands behind a name has no series to be seen in.
constexpr std::chrono::nanoseconds kNamedFor = std::chrono::minutes(15);

struct Settings {
  bool resolve = false;
  bool names_in_labels = false;
  bool fqdn = false;
  std::vector<std::string> lease_files;
  std::string hosts_file = "/etc/hosts";
  std::string dns_server;
  uint32_t per_second = 20;
};

// A single host: neither a group, nor everybody, nor nobody.
bool IsHost(const Address& address) {
  constexpr uint8_t kFirstIpv4Group = 224;
  constexpr uint8_t kIpv6Group = 0xff;
  const uint8_t first = address.bytes[0];
  if (address.bytes == Address().bytes) return false;
  return (address.kind == AddressKind::kIpv4 && first < kFirstIpv4Group) ||
         (address.kind == AddressKind::kIpv6 && first != kIpv6Group);
}

std::vector<Address> HostsOf(const Snapshot& snapshot) {
  std::unordered_set<Address, AddressHash> seen;
  std::vector<Address> hosts;
  const auto add = [&](const Address& address) {
    if (IsHost(address) && seen.insert(address).second) {
      hosts.push_back(address);
    }
  };
  // A network's first address is no host.
  const auto add_whole = [&](const Address& address, const PrefixBits& prefix) {
    if (!prefix.Folds(address.kind)) add(address);
  };
  for (const Flow& flow : snapshot.flows) {
    add_whole(flow.key.Src(), snapshot.labels.src_prefix);
    add_whole(flow.key.Dst(), snapshot.labels.dst_prefix);
  }
  if (snapshot.names) {
    for (const Address& address :
         snapshot.names->SeenSince(snapshot.time_ns - kNamedFor.count())) {
      add(address);
    }
  }
  return hosts;
}

class Names final : public Module, private DnsListener {
 public:
  ~Names() override {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    resolver_->Wake();
    thread_.join();
  }

  std::string_view name() const noexcept override { return "names"; }
  bool runs_on_files() const noexcept override { return is_on(); }

  void AddOptions(OptionDeclarer& options) override;
  void CheckOptions() const override { ParseNameServers(settings_.dns_server); }
  void Start() override;
  void OnTick(const Tick& tick) override;
  void Expose(const Snapshot& fresh, Exposition& out) const override;
  std::shared_ptr<const HostNames> host_names() const override {
    return is_on() ? table_.Names() : nullptr;
  }
  bool names_in_labels() const noexcept override {
    return settings_.names_in_labels;
  }
  void SetLocalNetworks(
      const std::shared_ptr<const LocalNetworks>& networks) override {
    local_networks_ = networks;
    if (rules_) rules_->set_local_networks(networks);
  }
  DnsListener* dns_listener() override { return asks() ? this : nullptr; }

 private:
  bool asks() const noexcept {
    return settings_.resolve || settings_.fqdn || settings_.names_in_labels;
  }
  bool is_on() const noexcept {
    return asks() || !settings_.lease_files.empty();
  }

  // Who hides the addresses hides the names, and asks nobody about them.
  bool Shows(const Snapshot& snapshot) const {
    return is_on() && snapshot.anonymizer == nullptr;
  }

  void OnDatagram(const DnsDatagram& datagram) noexcept override;
  void Run(const std::stop_token& stop);
  void WriteCounts(Exposition* out) const;

  Settings settings_;  // constant after Start()
  std::shared_ptr<const LocalNetworks> local_networks_;  // main thread only

  mutable NameTable table_;
  std::unique_ptr<NameRules> rules_;
  std::unique_ptr<NameFiles> files_;  // after Start(): thread_ only
  std::unique_ptr<PtrResolver> resolver_;
  SeenQueries queries_;  // the DNS tap's thread only
  std::jthread thread_;
};

void Names::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("names", "names of hosts, from DNS, leases and files");
  options.AddFlag("--resolve", settings_.resolve,
                  "Find the names of hosts: by reverse DNS, from captured DNS "
                  "answers, from the files below");
  options.AddFlag("-f,--fqdn", settings_.fqdn,
                  "Like --resolve, and keep names in full; without it, the "
                  "name of a host that is not local is shortened to its "
                  "registrable domain, as in example.org");
  options.AddFlag("--names-in-labels", settings_.names_in_labels,
                  "Like --resolve, and show names instead of addresses in the "
                  "labels src and dst. What an address counted before its name "
                  "was known moves to ntm_evicted_bytes_total");
  options.AddList(
      "--lease-file", settings_.lease_files, "FILE",
      "Lease file of a DHCP server (dnsmasq or ISC dhcpd), which has names of "
      "hosts; may be repeated or be a list with commas");
  options.AddText("--hosts-file", settings_.hosts_file, "FILE",
                  "File with names of hosts, in the format of hosts(5)");
  options.AddText("--dns-server", settings_.dns_server, "ADDRESS",
                  "DNS servers to ask, a list with commas: an address, with or "
                  "without a port; a link-local one with its interface "
                  "(fe80::1%eth0). Without it: the system's");
  options
      .AddNumber("--resolve-rate", settings_.per_second, "N",
                 "Most DNS queries per second; 0: none")
      .Within(0, 10000);
}

void Names::Start() {
  if (!is_on()) return;
  if (settings_.names_in_labels) table_.KeepClients();
  rules_ = std::make_unique<NameRules>(settings_.fqdn);
  if (local_networks_) rules_->set_local_networks(local_networks_);
  files_ = std::make_unique<NameFiles>(
      settings_.hosts_file, settings_.lease_files, rules_.get(), &table_);
  resolver_ = std::make_unique<PtrResolver>(
      ParseNameServers(settings_.dns_server), asks() ? settings_.per_second : 0,
      rules_.get(), &table_);
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-names", stop, [&] { Run(stop); });
  });
}

void Names::Run(const std::stop_token& stop) {
  auto check_at = steady_clock::now() + kCheckInterval;
  while (!stop.stop_requested()) {
    resolver_->Step(kPatience);
    if (steady_clock::now() < check_at) continue;
    files_->Refresh();
    resolver_->FollowSystem();
    check_at = steady_clock::now() + kCheckInterval;
  }
}

void Names::OnTick(const Tick& tick) {
  // A file's ticks are as fast as it is read: see Expose().
  if (!Shows(*tick.snapshot) || tick.snapshot->is_file) return;
  table_.Need(HostsOf(*tick.snapshot), NameTable::Now());
  resolver_->Wake();
}

void Names::OnDatagram(const DnsDatagram& datagram) noexcept {
  const auto answer = queries_.Hear(datagram, NameTable::Now());
  if (!answer) return;
  for (const DnsRecord& record : AnswersOf(*answer)) {
    if (!IsHost(record.address)) continue;
    auto name = rules_->Take(record.address, answer->question);
    if (!name) return;
    std::string domain = rules_->RegistrableDomain(*name);
    table_.LearnSeen(datagram.dst, record.address,
                     {std::move(*name), std::move(domain)}, record.ttl_seconds,
                     NameTable::Now());
  }
}

void Names::Expose(const Snapshot& fresh, Exposition& out) const {
  if (!Shows(fresh)) return;
  const auto names = table_.Names();
  const std::vector<Address> hosts = HostsOf(fresh);
  auto info = GaugeFamily("ntm_host_info",
                          "Names of the hosts that are in a series, 1 each.");
  for (const Address& address : hosts) {
    const HostName* host = names->Find(address);
    if (host == nullptr) continue;
    AddSample(&info,
              {{"ip", ToString(address)},
               {"name", host->name},
               {"source", std::string(SourceName(host->source))}},
              1);
  }
  out.Write(info);
  WriteCounts(&out);
  // After what is known was taken, so that `ntm -r FILE`, which exposes once,
  // does not depend on how fast a server answers.
  if (fresh.is_file && fresh.file_read_to_end) {
    table_.Need(hosts, NameTable::Now());
    resolver_->Wake();
  }
}

void Names::WriteCounts(Exposition* out) const {
  auto asked = CounterFamily("ntm_names_asked_total",
                             "Questions to reverse DNS that are over.");
  for (size_t i = 0; i < kAskResultCount; ++i) {
    const auto result = static_cast<AskResult>(i);
    AddSample(&asked, {{"result", ResultName(result)}},
              static_cast<double>(resolver_->asked(result)));
  }
  auto refused = CounterFamily("ntm_names_refused_total",
                               "Names that no host can have, not taken.");
  for (size_t i = 1; i < kNameFaultCount; ++i) {  // 0 is no fault
    const auto fault = static_cast<NameFault>(i);
    AddSample(&refused, {{"reason", FaultName(fault)}},
              static_cast<double>(rules_->refused(fault)));
  }
  auto cached = GaugeFamily("ntm_names_cached_addresses",
                            "Addresses whose names, or absence, are kept.");
  AddSample(&cached, {}, static_cast<double>(table_.size()));
  out->Write({asked, refused, cached});
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Names>(); }

}  // namespace ntm::names
