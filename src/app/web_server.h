// The HTTP server as the options want it: where it listens, who gets what.
//
// Threads  main thread only; makes the server's own.
// Errors   the constructor throws ntm::Error for files that cannot be used,
//          Start() for addresses that cannot be bound.
#pragma once

#include <memory>

#include "ntm/access_rule.h"
#include "ntm/exporter.h"
#include "ntm/http_server.h"
#include "ntm/local_networks.h"
#include "options.h"
#include "web_settings.h"

namespace ntm {

class WebServer {
 public:
  // Both must outlive this.
  WebServer(const Options& options, Exporter* exporter);

  // Binds, begins to answer and says where.
  void Start();
  void Stop();

  // Who may see names where no credentials are configured.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

 private:
  // Constant after construction
  const Options& options_;
  Exporter* exporter_;

  WebSettings settings_;
  std::shared_ptr<AccessRule> access_;
  std::unique_ptr<HttpServer> server_;  // after Start()
};

}  // namespace ntm
