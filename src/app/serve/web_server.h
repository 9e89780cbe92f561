// Configures and runs the HTTP server according to the options: addresses,
// routes, access and TLS.
//
// Threads  main thread only; the server starts threads of its own.
// Errors   the constructor throws ntm::Error for files that cannot be used,
//          Bind() for addresses that cannot be bound.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/host/module_host.h"
#include "app/options/options.h"
#include "app/options/web_settings.h"
#include "change_detector.h"
#include "ntm/access/access_rule.h"
#include "ntm/access/http_refusals.h"
#include "ntm/net/local_networks.h"
#include "ntm/server/http_server.h"

namespace ntm {

class WebServer {
 public:
  // Both must outlive this.
  WebServer(const Options& options, ModuleHost* host);

  // Binds every address.
  void Bind();
  // Starts to serve, and logs the addresses. REQUIRES: Bind().
  void Start();
  void Stop();

  // Adds a route. Call it before Bind().
  void AddRoute(Route route) { routes_.push_back(std::move(route)); }

  // Replaces all settings; if they cannot be used, throws ntm::Error and
  // changes nothing.
  void Take(WebSettings settings);
  // Call it once a second. Reloads the files if one of them has changed, for
  // example a renewed certificate; if they cannot be used, this is logged and
  // the old settings stay in effect. Logs refused requests at most once a
  // minute.
  void OnTick();

  // The files that were read, and that a reload reads again.
  const std::vector<std::string>& paths() const { return settings_.paths; }

  // The networks that need no credentials if none are configured.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

 private:
  void CheckFiles();
  void LogRefusals();

  // Constant after construction
  const Options& options_;
  ModuleHost* host_;

  std::vector<Route> routes_;
  WebSettings settings_;
  ChangeDetector files_;
  std::shared_ptr<AccessRule> access_;
  std::shared_ptr<HttpRefusals> refusals_;
  std::optional<std::chrono::steady_clock::time_point> refusals_logged_at_;
  std::unique_ptr<HttpServer> server_;  // after Bind()
};

}  // namespace ntm
