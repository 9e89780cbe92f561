#include <algorithm>
#include <chrono>
#include <string>

#include "app/serve/local_request.h"
#include "doctor_checks.h"
#include "ntm/server/http_server.h"

namespace ntm {
namespace {

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// Returns true iff an ntm listens there, judged by its answer to /-/healthy.
bool IsNtm(const Endpoint& endpoint) {
  const LocalAnswer answer =
      AskLocally(endpoint, "/-/healthy", std::chrono::seconds(1));
  return answer.status == 200 && answer.text == "healthy\n";
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
      return Ok(kName, "ntm is already serving on " + address);
    }
    return Fail(kName, error);
  }
}

}  // namespace

Findings CheckPort(const Options& options) {
  if (options.systemd_socket) {
    return {Ok("port", "systemd passes the sockets")};
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
                "only programs on this machine (in this network namespace) can "
                "reach ntm",
                "if Prometheus runs elsewhere, give another address of this "
                "machine with -b, or leave -b out");
  }
  return Ok(kName,
            "reachable from other machines, unless a firewall blocks them");
}

Finding JudgeServiceLabel(bool is_kubernetes) {
  constexpr char kName[] = "service label";
  constexpr char kRemedy[] =
      "scrape with a PodMonitor, or set honorLabels: true (honor_labels)";
  constexpr char kDetail[] =
      "a Prometheus that sets its own label `service` (ServiceMonitor) renames "
      "ntm's to exported_service";
  return is_kubernetes ? Warn(kName, kDetail, kRemedy)
                       : Ok(kName, kDetail, kRemedy);
}

}  // namespace ntm
