// Names the hosts: from DHCP leases and /etc/hosts, and if asked to from
// reverse DNS, captured DNS answers and handshakes, as ntm_host_info. Names
// that are captured also give servers their classes of traffic.

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "class_servers.h"
#include "handshakes.h"
#include "name_counts.h"
#include "name_files.h"
#include "name_rules.h"
#include "name_server.h"
#include "name_table.h"
#include "ntm/base/thread_work.h"
#include "ntm/exposition/family.h"
#include "ntm/module/command_line.h"
#include "ntm/module/host_naming.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/other_runs.h"
#include "ntm/net/dns_listener.h"
#include "ptr_resolver.h"
#include "seen_queries.h"
#include "snapshot_hosts.h"

namespace ntm::names {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::seconds kCheckInterval{5};

// How long a name from a handshake counts after its address has gone.
constexpr int64_t kHandshakeTtlSeconds = 3600;

// Of which ntm keeps names that it was not asked for.
constexpr size_t kMostLocalHosts = 4096;

// Where dnsmasq and dhcpd keep their leases, on Debian.
constexpr std::array<const char*, 2> kUsualLeaseFiles{
    "/var/lib/misc/dnsmasq.leases", "/var/lib/dhcp/dhcpd.leases"};

struct Settings {
  bool resolve = false;
  bool names_from_tls = false;
  bool names_in_labels = false;
  bool fqdn = false;
  std::vector<std::string> lease_files;
  std::string hosts_file = "/etc/hosts";
  std::string dns_server;
  uint32_t per_second = 20;
};

class Names final : public Module,
                    public CommandLine,
                    public OtherRuns,
                    public HostNaming,
                    private DnsListener {
 public:
  ~Names() override {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    if (resolver_ != nullptr) resolver_->Wake();
    thread_.join();
  }

  std::string_view name() const noexcept override { return "names"; }
  bool runs_on_files() const noexcept override { return is_on(); }

  void AddOptions(OptionDeclarer& options) override;
  void CheckOptions() const override { ParseNameServers(settings_.dns_server); }
  void Open() override;
  void Start() override;
  void OnTick(const Tick& tick) override;
  void Expose(const Snapshot& fresh, Exposition& out) const override;
  std::shared_ptr<const HostNames> label_names() const override {
    return settings_.names_in_labels ? table_.Names() : nullptr;
  }
  void SetLocalNetworks(
      const std::shared_ptr<const LocalNetworks>& networks) override {
    local_networks_ = networks;
    if (rules_) rules_->set_local_networks(networks);
  }
  // Unasked for the names of local hosts.
  DnsListener* dns_listener(bool unasked) override {
    hears_dns_ = asks() || unasked;
    return hears_dns_ ? this : nullptr;
  }
  HandshakeListener* handshake_listener() override {
    if (hears_handshakes() && !handshakes_) MakeHandshakes();
    return handshakes_.get();
  }
  void SetTrafficClasses(const std::shared_ptr<const TrafficClasses>& classes,
                         bool hides_names) override {
    if (classes->domains().HasAny()) traffic_classes_ = classes;
    hides_names_ = hides_names;
  }
  bool learns_servers() const override { return hears_handshakes(); }
  std::shared_ptr<const ServerClasses> server_classes() override {
    if (!finds_classes()) return nullptr;
    return class_servers_.Table(NameTable::Now());
  }

 private:
  bool asks() const noexcept {
    return settings_.resolve || settings_.fqdn || settings_.names_in_labels;
  }
  bool hears_handshakes() const noexcept {
    return asks() || settings_.names_from_tls;
  }
  bool finds_classes() const noexcept {
    return learns_servers() && traffic_classes_ != nullptr;
  }
  bool has_resolver() const noexcept {
    return asks() || !settings_.lease_files.empty();
  }
  bool is_on() const noexcept { return hears_handshakes() || has_resolver(); }

  // With --anonymize names are not shown, and nothing is looked up.
  static bool Shows(const Snapshot& snapshot) {
    return snapshot.anonymizer == nullptr;
  }

  std::vector<std::string> LeaseFiles() const;
  void KeepNamed(const Snapshot& snapshot);
  void Report(const Tick& tick);
  void MakeHandshakes();
  void OnDatagram(const DnsDatagram& datagram) noexcept override;
  // A host says its own name.
  void OnMulticast(const DnsDatagram& datagram) noexcept;
  void OnLost(uint64_t frames) noexcept override { lost_dns_frames_ += frames; }
  // A client was told, or told the server, this name of a server, which is as
  // it was sent.
  void LearnServer(const Address& client, const Address& server,
                   const std::string& name, NameSource source,
                   int64_t ttl_seconds);
  void RunResolver(const std::stop_token& stop);
  void RunFiles(const std::stop_token& stop);
  void WriteCounts(Exposition* out) const;
  void WriteClassCounts(Exposition* out) const;

  // Constant after Open().
  Settings settings_;
  std::shared_ptr<const TrafficClasses> traffic_classes_;  // null: no domains
  bool hides_names_ = false;
  bool hears_dns_ = false;

  std::shared_ptr<const LocalNetworks> local_networks_;  // main thread only

  mutable NameTable table_;
  ClassServers class_servers_;
  std::unique_ptr<NameRules> rules_;
  std::unique_ptr<NameFiles> files_;       // after Start(): thread_ only
  std::unique_ptr<PtrResolver> resolver_;  // null: only files are read
  SeenQueries queries_;                    // the DNS tap's thread only
  std::atomic<uint64_t> lost_dns_frames_ = 0;
  std::unique_ptr<Handshakes> handshakes_;    // null: none are heard
  std::shared_ptr<const NameReport> report_;  // main thread only

  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::shared_ptr<const DeviceReport> devices_;  // guarded by mutex_

  std::jthread thread_;
};

// With names of hosts that are asked for, or else of those that are there.
std::vector<std::string> Names::LeaseFiles() const {
  if (has_resolver()) return settings_.lease_files;
  std::vector<std::string> usual;
  for (const char* path : kUsualLeaseFiles) {
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) usual.emplace_back(path);
  }
  return usual;
}

void Names::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("names", "names of hosts, from DNS, leases and files");
  options.AddFlag("--resolve", settings_.resolve,
                  "Find the names of hosts: by reverse DNS, from captured DNS "
                  "answers and handshakes, from the files below");
  options.AddFlag("--names-from-tls", settings_.names_from_tls,
                  "Of --resolve only the part that names servers as their "
                  "clients do: by the server name in captured TLS and QUIC "
                  "handshakes. Asks nothing on the network");
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

void Names::Open() {
  if (hears_handshakes()) table_.KeepClients();
  if (!asks() || settings_.per_second == 0) table_.AskNothing();
  if (!is_on()) table_.KeepAtMost(kMostLocalHosts);
  rules_ = std::make_unique<NameRules>(settings_.fqdn);
  if (local_networks_) rules_->set_local_networks(local_networks_);
  files_ = std::make_unique<NameFiles>(settings_.hosts_file, LeaseFiles(),
                                       rules_.get(), &table_);
  if (!has_resolver()) return;
  resolver_ = std::make_unique<PtrResolver>(
      ParseNameServers(settings_.dns_server), asks() ? settings_.per_second : 0,
      rules_.get(), &table_);
}

void Names::Start() {
  if (files_ == nullptr) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-names", stop, [&] {
      if (resolver_ != nullptr) {
        RunResolver(stop);
      } else {
        RunFiles(stop);
      }
    });
  });
}

void Names::RunResolver(const std::stop_token& stop) {
  auto check_at = steady_clock::now() + kCheckInterval;
  while (!stop.stop_requested()) {
    resolver_->Step(kPatience);
    if (steady_clock::now() < check_at) continue;
    files_->Refresh();
    resolver_->FollowSystem();
    check_at = steady_clock::now() + kCheckInterval;
  }
}

void Names::RunFiles(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      stopped_.wait_for(lock, stop, kCheckInterval, [] { return false; });
    }
    files_->Refresh();
  }
}

void Names::OnTick(const Tick& tick) {
  if (!Shows(*tick.snapshot)) return;
  Report(tick);
  // The ticks of a file are as fast as it is read, so Expose() does this.
  if (tick.snapshot->is_file) return;
  if (!is_on()) {
    KeepNamed(*tick.snapshot);
    return;
  }
  table_.Need(HostsOf(*tick.snapshot), NameTable::Now());
  if (resolver_ != nullptr) resolver_->Wake();
}

// Of names that nobody asked for, those of present hosts stay; for no other
// host there is a name to be found.
void Names::KeepNamed(const Snapshot& snapshot) {
  if (table_.seen_names() == 0) return;
  const auto names = table_.Names();
  table_.Need(HostsOf(snapshot,
                      [&names](const Address& address) {
                        return names->Find(address) != nullptr;
                      }),
              NameTable::Now());
}

void Names::Report(const Tick& tick) {
  auto names = table_.Names();
  if (report_ == nullptr || report_->names != names) {
    auto report = std::make_shared<NameReport>();
    report->names = std::move(names);
    report_ = std::move(report);
  }
  tick.new_reports->names = report_;
  const std::scoped_lock lock(mutex_);
  devices_ = tick.reports.devices;
}

void Names::MakeHandshakes() {
  handshakes_ = std::make_unique<Handshakes>([this](const Address& client,
                                                    const Address& server,
                                                    const std::string& name) {
    LearnServer(client, server, name, NameSource::kTls, kHandshakeTtlSeconds);
  });
}

void Names::OnMulticast(const DnsDatagram& datagram) noexcept {
  if (hides_names_ || !IsHost(datagram.src) || !rules_->IsLocal(datagram.src)) {
    return;
  }
  for (const DnsRecord& record :
       MulticastAddresses(datagram.data, datagram.bytes)) {
    // Of others it may say anything.
    if (record.address != datagram.src || !IsLocalName(record.owner)) continue;
    auto name = rules_->Take(record.address, record.owner);
    if (!name) continue;
    table_.LearnSeen(datagram.src, record.address,
                     {*name, *name, {}, NameSource::kMdns}, record.ttl_seconds,
                     NameTable::Now());
  }
}

void Names::OnDatagram(const DnsDatagram& datagram) noexcept {
  if (datagram.src_port == kMdnsPort) {
    OnMulticast(datagram);
    return;
  }
  const auto answer = queries_.Hear(datagram, NameTable::Now());
  if (!answer) return;
  for (const DnsRecord& record : AnswersOf(*answer)) {
    // Unasked, ntm names only what is local, as the local network names it.
    if (!asks() &&
        (!rules_->IsLocal(record.address) || !IsLocalName(answer->question))) {
      continue;
    }
    LearnServer(datagram.dst, record.address, answer->question,
                NameSource::kDns, record.ttl_seconds);
  }
}

void Names::LearnServer(const Address& client, const Address& server,
                        const std::string& name, NameSource source,
                        int64_t ttl_seconds) {
  if (!IsHost(server)) return;
  auto shown = rules_->Take(server, name);
  if (!shown) return;
  if (finds_classes()) {
    class_servers_.Learn(client, server, traffic_classes_->domains().Find(name),
                         ttl_seconds, NameTable::Now());
  }
  if (hides_names_) return;
  std::string domain = rules_->RegistrableDomain(*shown);
  const auto ttl = std::clamp<int64_t>(ttl_seconds, 0, UINT32_MAX);
  table_.LearnSeen(client, server,
                   {std::move(*shown), std::move(domain), {}, source},
                   static_cast<uint32_t>(ttl), NameTable::Now());
}

void Names::Expose(const Snapshot& fresh, Exposition& out) const {
  if (finds_classes()) WriteClassCounts(&out);
  if (!Shows(fresh)) return;
  const auto names = table_.Names();
  std::shared_ptr<const DeviceReport> devices;
  {
    const std::scoped_lock lock(mutex_);
    devices = devices_;
  }
  const auto device_of = [&](const Address& address) {
    const LocalDevice* device = devices ? devices->Find(address) : nullptr;
    return device != nullptr && !device->mac.empty() ? device : nullptr;
  };
  auto info = GaugeFamily("ntm_host_info",
                          "Name, hardware address and its vendor of each host "
                          "that is in a series; always 1.");
  // Most hosts of a large table are not known.
  const std::vector<Address> known =
      HostsOf(fresh, [&](const Address& address) {
        return names->Find(address) != nullptr || device_of(address) != nullptr;
      });
  for (const Address& address : known) {
    const HostName* host = names->Find(address);
    const LocalDevice* device = device_of(address);
    AddSample(&info,
              {{"ip", ToString(address)},
               {"name", host != nullptr ? host->name : ""},
               {"source",
                host != nullptr ? std::string(SourceName(host->source)) : ""},
               {"mac", device != nullptr ? device->mac : ""},
               {"vendor", device != nullptr ? device->vendor : ""}},
              1);
  }
  out.Write(info);
  WriteCounts(&out);
  // After the known names were written, so that the output of `ntm -r FILE`,
  // which exposes once, does not depend on how fast a server answers.
  if (resolver_ != nullptr && fresh.is_file && fresh.file_read_to_end) {
    table_.Need(HostsOf(fresh), NameTable::Now());
    resolver_->Wake();
  }
}

void Names::WriteCounts(Exposition* out) const {
  if (resolver_ != nullptr) WriteAsked(*resolver_, out);
  if (is_on()) WriteNames(*rules_, table_, out);
  const auto lost_dns =
      hears_dns_ ? std::optional(lost_dns_frames_.load()) : std::nullopt;
  if (handshakes_ == nullptr) {
    WriteLost(lost_dns, std::nullopt, out);
    return;
  }
  WriteHandshakes(*handshakes_, out);
  WriteLost(lost_dns, handshakes_->lost_frames(), out);
  WriteForgotten(table_, out);
}

void Names::WriteClassCounts(Exposition* out) const {
  const ClassServers::Counts counts = class_servers_.counts();
  auto pairs = GaugeFamily("ntm_class_servers",
                           "Pairs of a client and a server whose name gives "
                           "the server a class of traffic.");
  AddSample(&pairs, {}, static_cast<double>(counts.pairs));
  auto forgotten = CounterFamily(
      "ntm_class_servers_forgotten_total",
      "Servers forgotten for lack of room: pairs whose name has a class, and "
      "servers with a name that has none.");
  AddSample(&forgotten, {{"name", "with_class"}},
            static_cast<double>(counts.forgotten_pairs));
  AddSample(&forgotten, {{"name", "without_class"}},
            static_cast<double>(counts.forgotten_plain));
  out->Write({pairs, forgotten});
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Names>(); }

}  // namespace ntm::names
