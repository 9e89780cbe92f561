#include "ptr_resolver.h"

#include <ares.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "dns_message.h"
#include "ntm/base/error.h"
#include "scoped_sockets.h"

namespace ntm::names {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kClassIn = 1;
constexpr int kTries = 2;

constexpr char kSystemServers[] = "/etc/resolv.conf";

std::filesystem::file_time_type ChangedAt(const char* path) {
  std::error_code error;
  const auto changed_at = std::filesystem::last_write_time(path, error);
  return error ? std::filesystem::file_time_type::min() : changed_at;
}

// A missing file counts as empty.
std::vector<NameServer> ServersOfSystem() {
  std::ifstream file(kSystemServers);
  const std::string text((std::istreambuf_iterator<char>(file)),
                         std::istreambuf_iterator<char>());
  SystemServers servers = ReadSystemServers(text);
  const std::string others = fmt::format("{}", fmt::join(servers.others, ", "));
  if (servers.usable.empty()) {
    spdlog::warn(
        "names: {} has no usable DNS server, only {}: no queries are sent; "
        "correct it or set --dns-server",
        kSystemServers, others);
  } else if (!others.empty()) {
    spdlog::warn(
        "names: {} has entries that are not usable DNS servers: {}; the others "
        "are used",
        kSystemServers, others);
  }
  return std::move(servers.usable);
}

}  // namespace

const char* ResultName(AskResult result) noexcept {
  switch (result) {
    case AskResult::kNamed:
      return "named";
    case AskResult::kNoName:
      return "no_name";
    case AskResult::kRefused:
      return "refused";
    case AskResult::kFailed:
    case AskResult::kCount:
      break;
  }
  return "failed";
}

struct PtrResolver::Channel {
  explicit Channel(std::vector<NameServer> asked) : servers(std::move(asked)) {
    if (ares_library_init(ARES_LIB_INIT_ALL) != ARES_SUCCESS) {
      throw Error("cannot start the resolver: out of memory");
    }
    ares_options options{};
    // Without EDNS and TCP: a PTR answer normally fits into 512 bytes, and
    // larger ones are not worth the time.
    options.flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_IGNTC;
    options.timeout = static_cast<int>(kTimeout.count());
    options.tries = kTries;
    const int status = ares_init_options(
        &ares, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status != ARES_SUCCESS) {
      ares_library_cleanup();
      throw Error(std::string("cannot read the system's DNS servers: ") +
                  ares_strerror(status) +
                  "; correct /etc/resolv.conf or set --dns-server");
    }
    if (servers.empty()) return;
    UseScopes(ares, &servers);
    std::vector<ares_addr_port_node> nodes(servers.size());
    for (size_t i = 0; i < servers.size(); ++i) {
      const NameServer& server = servers[i];
      ares_addr_port_node& node = nodes[i];
      if (i + 1 < nodes.size()) node.next = &nodes[i + 1];
      const bool is_ipv4 = server.address.kind == AddressKind::kIpv4;
      node.family = is_ipv4 ? AF_INET : AF_INET6;
      std::memcpy(&node.addr, server.address.bytes.data(),
                  is_ipv4 ? sizeof node.addr.addr4 : sizeof node.addr.addr6);
      node.udp_port = server.port;
      node.tcp_port = server.port;
    }
    if (ares_set_servers_ports(ares, nodes.data()) != ARES_SUCCESS) {
      ares_destroy(ares);
      ares_library_cleanup();
      throw Error("cannot start the resolver: out of memory");
    }
  }
  ~Channel() {
    ares_destroy(ares);
    ares_library_cleanup();
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  std::vector<NameServer> servers;
  ares_channel ares = nullptr;
};

struct PtrResolver::Question {
  PtrResolver* resolver;
  Address address;

  static void OnAnswer(void* argument, int status, int /*timeouts*/,
                       unsigned char* answer, int bytes) {
    const std::unique_ptr<Question> question(static_cast<Question*>(argument));
    PtrResolver* resolver = question->resolver;
    --resolver->in_flight_;
    resolver->Learn(question->address, status, answer,
                    answer == nullptr ? 0 : static_cast<size_t>(bytes));
  }
};

PtrResolver::PtrResolver(std::vector<NameServer> servers, uint32_t per_second,
                         NameRules* rules, NameTable* table)
    : follows_system_(servers.empty()),
      per_second_(per_second),
      rules_(rules),
      table_(table),
      system_changed_at_(ChangedAt(kSystemServers)),
      channel_(std::make_unique<Channel>(follows_system_ ? ServersOfSystem()
                                                         : std::move(servers))),
      allowed_at_(steady_clock::now()) {}

PtrResolver::~PtrResolver() {
  channel_.reset();  // completes the pending queries, which use the table
}

void PtrResolver::Wake() const noexcept { wake_.Wake(); }

void PtrResolver::FollowSystem() {
  if (!follows_system_) return;
  const auto changed_at = ChangedAt(kSystemServers);
  if (changed_at == system_changed_at_) return;
  system_changed_at_ = changed_at;
  try {
    channel_ = std::make_unique<Channel>(ServersOfSystem());
    spdlog::info("names: {} has changed, its servers are used now",
                 kSystemServers);
  } catch (const Error& error) {
    spdlog::warn("names: {}; the previous servers are kept", error.what());
  }
}

void PtrResolver::Step(milliseconds patience) {
  const auto now = steady_clock::now();
  const double elapsed_seconds =
      std::chrono::duration<double>(now - allowed_at_).count();
  allowed_at_ = now;
  // The allowance of at most one second may accumulate.
  allowance_ =
      std::min<double>(allowance_ + elapsed_seconds * per_second_, per_second_);
  bool has_more = per_second_ > 0 && !channel_->servers.empty();
  while (has_more && allowance_ >= 1 && in_flight_ < kMaxInFlight) {
    const auto address = table_->NextQuestion();
    has_more = address.has_value();
    if (!address) break;
    allowance_ -= 1;
    Ask(*address);
  }
  if (has_more && in_flight_ < kMaxInFlight) {
    patience = std::min(patience, milliseconds(1000 / per_second_ + 1));
  }
  Wait(patience);
}

void PtrResolver::Ask(const Address& address) {
  auto question = std::make_unique<Question>(Question{this, address});
  ++in_flight_;
  ares_query(channel_->ares, ReverseName(address).c_str(), kClassIn, kTypePtr,
             &Question::OnAnswer, question.release());
}

void PtrResolver::Wait(milliseconds patience) {
  timeval longest{};
  longest.tv_sec = patience.count() / 1000;
  longest.tv_usec = patience.count() % 1000 * 1000;
  timeval due{};
  const timeval* until = ares_timeout(channel_->ares, &longest, &due);

  std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
  const int which = ares_getsock(channel_->ares, sockets.data(),
                                 static_cast<int>(sockets.size()));
  std::vector<pollfd> ready = {{wake_.descriptor(), POLLIN, 0}};
  for (int i = 0; i < ARES_GETSOCK_MAXNUM; ++i) {
    const bool reads = ARES_GETSOCK_READABLE(which, i) != 0;
    const bool writes = ARES_GETSOCK_WRITABLE(which, i) != 0;
    if (!reads && !writes) break;
    const int events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0);
    ready.push_back(
        {sockets[static_cast<size_t>(i)], static_cast<short>(events), 0});
  }
  const auto wait_ms = until->tv_sec * 1000 + (until->tv_usec + 999) / 1000;
  poll(ready.data(), ready.size(), static_cast<int>(wait_ms));
  if (ready.front().revents != 0) wake_.Take();
  for (auto socket = ready.begin() + 1; socket != ready.end(); ++socket) {
    const bool writable = (socket->revents & POLLOUT) != 0;
    const bool readable = (socket->revents & ~POLLOUT) != 0;
    ares_process_fd(channel_->ares, readable ? socket->fd : ARES_SOCKET_BAD,
                    writable ? socket->fd : ARES_SOCKET_BAD);
  }
  ares_process_fd(channel_->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}

void PtrResolver::Learn(const Address& address, int status,
                        const uint8_t* answer, size_t bytes) {
  AskResult result = AskResult::kFailed;
  if (status == ARES_SUCCESS || status == ARES_ENOTFOUND ||
      status == ARES_ENODATA) {
    result = LearnAnswer(address, answer, bytes);
  } else {
    table_->LearnFailure(address, NameTable::Now());
  }
  ++results_[static_cast<size_t>(result)];
}

AskResult PtrResolver::LearnAnswer(const Address& address,
                                   const uint8_t* answer, size_t bytes) {
  const auto message = ParseDnsMessage(answer, bytes);
  if (!message || !IsSameName(message->question, ReverseName(address)) ||
      message->question_type != kTypePtr) {
    table_->LearnFailure(address, NameTable::Now());
    return AskResult::kFailed;
  }
  const std::vector<DnsRecord> records = AnswersOf(*message);
  std::optional<std::string> best;
  uint32_t ttl_seconds = 0;
  for (const DnsRecord& record : records) {
    auto name = rules_->Take(address, record.target);
    if (!name || (best && *best <= *name)) continue;
    best = std::move(name);
    ttl_seconds = record.ttl_seconds;
  }
  if (best) {
    table_->LearnPtr(address, std::move(*best), ttl_seconds, NameTable::Now());
    return AskResult::kNamed;
  }
  table_->LearnAbsence(address, message->absence_seconds.value_or(0),
                       NameTable::Now());
  return records.empty() ? AskResult::kNoName : AskResult::kRefused;
}

}  // namespace ntm::names
