// The HTTP server as the options want it: where it listens, who gets what.
//
// Threads  main thread only; makes the server's own.
// Errors   the constructor throws ntm::Error for files that cannot be used,
//          Bind() for addresses that cannot be bound.
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

  // Binds every address.
  void Bind();
  // Begins to answer and says where. REQUIRES: Bind().
  void Start();
  void Stop();

  // The files that were read, and are again on a reload.
  const std::vector<std::string>& paths() const { return settings_.paths; }

  // Who may see names where no credentials are configured.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

 private:
  // Constant after construction
  const Options& options_;
  Exporter* exporter_;

  WebSettings settings_;
  std::shared_ptr<AccessRule> access_;
  std::unique_ptr<HttpServer> server_;  // after Bind()
};

}  // namespace ntm
