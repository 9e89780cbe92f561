#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include "doctor_checks.h"
#include "ntm/http_server.h"

namespace ntm {
namespace {

struct Endpoint {
  std::string host;  // without brackets; "" is every address
  std::string port;
};

// REQUIRES: the options' parser has let it pass.
Endpoint EndpointOf(const std::string& listen_address) {
  const size_t colon = listen_address.rfind(':');
  std::string host = listen_address.substr(0, colon);
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {host, listen_address.substr(colon + 1)};
}

bool IsEveryAddress(const std::string& host) {
  return host.empty() || host == "::" || host == "0.0.0.0";
}

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// A connection that gives up after a second; -1 where there is none.
int Connect(const Endpoint& endpoint) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string host =
      IsEveryAddress(endpoint.host) ? "localhost" : endpoint.host;
  if (getaddrinfo(host.c_str(), endpoint.port.c_str(), &hints, &found) != 0) {
    return -1;
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found,
                                                                 freeaddrinfo);
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    const int connection =
        socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, 0);
    if (connection < 0) continue;
    const timeval patience{1, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (connect(connection, each->ai_addr, each->ai_addrlen) == 0) {
      return connection;
    }
    close(connection);
  }
  return -1;
}

// Returns true iff what listens there answers /-/healthy as ntm does.
bool IsNtm(const Endpoint& endpoint) {
  constexpr std::string_view kRequest =
      "GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const int connection = Connect(endpoint);
  if (connection < 0) return false;
  std::string answer;
  if (send(connection, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0) {
    std::array<char, 1024> part{};
    // Enough for our own answer; whoever sends more is not ntm.
    while (answer.size() < part.size()) {
      const ssize_t size = recv(connection, part.data(), part.size(), 0);
      if (size <= 0) break;
      answer.append(part.data(), static_cast<size_t>(size));
    }
  }
  close(connection);
  return answer.starts_with("HTTP/1.1 200") &&
         answer.ends_with("\r\n\r\nhealthy\n");
}

Finding CheckAddress(const std::string& address) {
  constexpr char kName[] = "port";
  try {
    HttpServerOptions options;
    options.listen_addresses = {address};
    HttpServer server(options, {});
    server.Start();
    server.Stop();
    return Ok(kName, address + " is free");
  } catch (const Error& error) {
    if (IsNtm(EndpointOf(address))) {
      return Ok(kName, "an ntm serves on " + address + " already");
    }
    return Fail(kName, error);
  }
}

}  // namespace

Findings CheckPort(const Options& options) {
  if (options.systemd_socket) {
    return {Ok("port", "systemd hands over the sockets")};
  }
  Findings findings;
  for (const std::string& address : options.listen_addresses) {
    findings.push_back(CheckAddress(address));
  }
  return findings;
}

Finding JudgeBind(const std::vector<std::string>& listen_addresses) {
  constexpr char kName[] = "bind address";
  const bool is_local =
      std::ranges::all_of(listen_addresses, [](const std::string& address) {
        return IsLoopback(EndpointOf(address).host);
      });
  if (is_local) {
    return Warn(kName,
                "only programs on this machine (in this network namespace) "
                "reach ntm",
                "right for a Prometheus here; for one elsewhere give an "
                "address of this machine with -b, or leave it out");
  }
  return Ok(kName,
            "reachable from other machines, as far as a firewall lets "
            "them");
}

Finding JudgeServiceLabel(bool is_kubernetes) {
  constexpr char kName[] = "service label";
  constexpr char kRemedy[] =
      "scrape with a PodMonitor, or set honorLabels: true (honor_labels)";
  constexpr char kDetail[] =
      "a Prometheus that sets a label `service` of its own (ServiceMonitor) "
      "renames ours to exported_service";
  return is_kubernetes ? Warn(kName, kDetail, kRemedy)
                       : Ok(kName, kDetail, kRemedy);
}

}  // namespace ntm
