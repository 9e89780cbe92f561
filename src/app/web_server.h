// The HTTP server as the options want it: where it listens, who gets what.
//
// Threads  main thread only; makes the server's own.
// Errors   the constructor throws ntm::Error for files that cannot be used,
//          Bind() for addresses that cannot be bound.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "file_marks.h"
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

  // One more, before Bind().
  void AddRoute(Route route) { routes_.push_back(std::move(route)); }

  // Takes other settings, whole; throws ntm::Error, and changes nothing, where
  // they cannot be used.
  void Take(WebSettings settings);
  // Reads the files again if one of them has changed: so a certificate is
  // renewed. What cannot be used is logged, and the old stays in force.
  void CheckFiles();

  // The files that were read, and are again on a reload.
  const std::vector<std::string>& paths() const { return settings_.paths; }

  // Who may see names where no credentials are configured.
  void SetLocalNetworks(std::shared_ptr<const LocalNetworks> networks);

 private:
  // Constant after construction
  const Options& options_;
  Exporter* exporter_;

  std::vector<Route> routes_;
  WebSettings settings_;
  FileMarks marks_;
  std::shared_ptr<AccessRule> access_;
  std::unique_ptr<HttpServer> server_;  // after Bind()
};

}  // namespace ntm
