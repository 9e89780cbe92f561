// The HTTP server as the options want it: where it listens, who gets what.
//
// Threads  main thread only; makes the server's own.
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
  // Begins to answer and says where. REQUIRES: Bind().
  void Start();
  void Stop();

  // One more, before Bind().
  void AddRoute(Route route) { routes_.push_back(std::move(route)); }

  // Takes other settings, whole; throws ntm::Error, and changes nothing, where
  // they cannot be used.
  void Take(WebSettings settings);
  // Once a second. Reads the files again if one of them has changed: so a
  // certificate is renewed; what cannot be used is logged, and the old stays in
  // force. Tells what was refused, in the log once a minute.
  void OnTick();

  // The files that were read, and are again on a reload.
  const std::vector<std::string>& paths() const { return settings_.paths; }

  // Who may see names where no credentials are configured.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

 private:
  void CheckFiles();
  void LogRefusals();

  // Constant after construction
  const Options& options_;
  ModuleHost* host_;

  std::vector<Route> routes_;
  WebSettings settings_;
  ChangeDetector marks_;
  std::shared_ptr<AccessRule> access_;
  std::shared_ptr<HttpRefusals> refusals_;
  std::optional<std::chrono::steady_clock::time_point> told_refusals_at_;
  std::unique_ptr<HttpServer> server_;  // after Bind()
};

}  // namespace ntm
